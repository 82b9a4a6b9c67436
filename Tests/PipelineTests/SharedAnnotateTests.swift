import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// Every real clip, annotated with a tiny network: the output's streams match the source's.
@Suite(.tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
struct SharedAnnotateTests {
    private func entry(_ path: String, _ stream: String, _ what: String) throws -> String {
        try MediaFactory.ffprobe([
            "-select_streams", stream, "-show_entries", "stream=\(what)", "-of", "csv=p=0", path,
        ])
    }

    private func duration(_ path: String) throws -> Double {
        Double(try MediaFactory.ffprobe(["-show_entries", "format=duration", "-of", "csv=p=0", path])) ?? -1
    }

    @Test(arguments: [
        "arm_wrestling.mp4", "cricket_shot.gif", "flipping_a_pancake.mkv", "stdet.mp4", "skeleton.mp4",
        "h265_video.mp4",
        "video_90.mov",
    ])
    func keepsTheSource(_ name: String) async throws {
        let folder = try TemporaryDirectory()
        let input = try #require(SharedMaterial.path("media/\(name)"))
        let request = AnnotateRequest(input: input, output: folder.file("out.mp4"))
        let outcome = try await AnnotateJob(request: request, model: try await TinyModel.load()).run()
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == MediaFactory.countedFrames(input))
        // Containers state it to a millisecond, and Matroska includes Opus' initial padding of 6.5 ms.
        let tolerance = name.hasSuffix(".mkv") ? 0.008 : 0.002
        #expect(abs(try duration(folder.file("out.mp4")) - duration(input)) < tolerance)
        let isTurned = outcome.sidecar.source.rotation % 180 != 0
        let size = try entry(input, "v:0", "width,height").split(separator: ",").compactMap { Int($0) }
        let written = try entry(folder.file("out.mp4"), "v:0", "width,height").split(separator: ",").compactMap {
            Int($0)
        }
        #expect(written == (isTurned ? size.reversed() : size))
        #expect(try entry(folder.file("out.mp4"), "a", "codec_name") == entry(input, "a", "codec_name"))
        #expect(outcome.sidecar.unexplained.isEmpty)
        #expect(!outcome.sidecar.interrupted)
    }

    @Test func damagedClipEndsWithWarnings() async throws {
        let folder = try TemporaryDirectory()
        let input = try #require(SharedMaterial.path("media/corrupted.mp4"))
        let request = AnnotateRequest(input: input, output: folder.file("out.mp4"))
        let outcome = try await AnnotateJob(request: request, model: try await TinyModel.load()).run()
        #expect(!outcome.sidecar.warnings.isEmpty)
        #expect(outcome.sidecar.windows.contains { $0.flags.contains(.corrupt) })
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == outcome.sidecar.source.frames)
    }
}
