import Encode
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// The paths of the files beside a video, and the outputs that are refused before any work.
@Suite struct OutputPathTests {
    @Test(arguments: [
        ("s.mp4", "s.json"), ("a.b/s.saliency.mp4", "a.b/s.saliency.json"), ("s.mkv", "s.mkv.json"),
        ("s.webm", "s.webm.json"), ("s.MP4", "s.MP4.json"), ("s.m4v", "s.m4v.json"), ("s.mkv.mp4", "s.mkv.mp4.json"),
        ("/x/.mp4", "/x/.mp4.json"),
    ])
    func theSidecarIsNamedAfterTheVideo(output: String, sidecar: String) {
        #expect(AnnotateRequest(input: "", output: output).sidecarPath == sidecar)
        #expect(CompareRequest(input: "", output: output, methods: []).sidecarPath == sidecar)
    }

    /// Every name with up to three extensions, in upper and lower case.
    @Test func noTwoVideosShareASidecar() {
        let endings = ["mp4", "MP4", "m4v", "mkv", "webm", "mov", "ts", "avi", "json", "saliency"]
        var outputs = Set(endings.map { "s.\($0)" })
        for _ in 0..<2 { outputs.formUnion(outputs.flatMap { name in endings.map { "\(name).\($0)" } }) }
        outputs = outputs.filter { (try? OutputContainer(path: $0)) != nil }
        #expect(outputs.count > 800)
        #expect(Set(outputs.map(OutputPath.sidecar)).count == outputs.count)
    }

    @Test func inputIsNotAcceptedAsOutput() throws {
        let folder = try TemporaryDirectory()
        let input = try folder.write([1, 2, 3], to: "clip.mp4")
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.mp4"), withDestinationPath: input)
        for output in [input, folder.file("link.mp4")] {
            let annotate = AnnotateRequest(input: input, output: output, isReplacing: true)
            let error = #expect(throws: MediaError.self) { try annotate.checkOutput() }
            #expect(error?.reason.contains("the input itself") == true)
            #expect(throws: MediaError.self) {
                try CompareRequest(input: input, output: output, methods: [], isReplacing: true).checkOutput()
            }
        }
    }

    @Test func twoMapsHaveTwoFiles() throws {
        let folder = try TemporaryDirectory()
        func request(_ signed: String) -> ExplainRequest {
            ExplainRequest(
                input: "clip.mp4", output: folder.file("out"), rawMap: folder.file("a.npy"),
                signedMap: folder.file(signed))
        }
        #expect(throws: Never.self) { try request("b.npy").checkOutput() }
        let error = #expect(throws: MediaError.self) { try request("./a.npy").checkOutput() }
        #expect(error?.reason == "is named for two outputs")
    }
}
