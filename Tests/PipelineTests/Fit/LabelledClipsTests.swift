import Engine
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// The clips and classes for `fit`, from folders and lists.
@Suite struct LabelledClipsTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func touch(_ paths: String...) throws {
        for path in paths {
            let parent = (folder.file(path) as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try folder.write([0], to: path)
        }
    }

    private func list(_ text: String, labels: String? = nil) throws -> LabelledClips {
        try folder.write(Array(text.utf8), to: "list.txt")
        if let labels { try folder.write(Array(labels.utf8), to: "labels") }
        return try LabelledClips(path: folder.file("list.txt"), labelFile: labels.map { _ in folder.file("labels") })
    }

    @Test func foldersAreClasses() throws {
        try touch("c/up/b.mp4", "c/up/a.avi", "c/down/x.mp4", "c/down/y.mkv", "c/readme.txt", "c/.hidden/z.mp4")
        // What lies beside clips: records, captions, annotated videos, incomplete files.
        try touch("c/up/a.saliency.mp4", "c/up/a.json", "c/up/a.vtt", "c/up/.b.mp4.part", "c/up/notes.txt")
        let clips = try LabelledClips(path: folder.file("c"))
        #expect(clips.labels == ["down", "up"] && clips.classCount == 2)
        #expect(clips.clips.map(\.name) == ["down/x.mp4", "down/y.mkv", "up/a.avi", "up/b.mp4"])
        #expect(clips.clips.map(\.label) == [0, 0, 1, 1])
        #expect(clips.clips[2].path == folder.file("c/up/a.avi"))
        try folder.write(Array("Up\nDOWN\n".utf8), to: "labels")
        let ordered = try LabelledClips(path: folder.file("c/"), labelFile: folder.file("labels"))
        #expect(ordered.labels == ["Up", "DOWN"] && ordered.clips.map(\.label) == [1, 1, 0, 0])
        #expect(throws: MediaError.self) { try LabelledClips(path: folder.file("c"), root: "/") }
    }

    @Test func namesInAListAreClassesInAlphabeticalOrder() throws {
        let clips = try list("b.mp4 zoom out\na.mp4\tarchery\n# none\n/c.mp4 zoom out\nd.mp4 archery\n")
        #expect(clips.labels == ["archery", "zoom out"] && clips.clips.map(\.label) == [1, 0, 1, 0])
        #expect(clips.clips[0].path == folder.file("b.mp4") && clips.clips[2].path == "/c.mp4")
    }

    @Test func numbersInAListAreClassesWithoutNames() throws {
        let clips = try list("a 1\nb 0\nc 1\nd 0\n")
        #expect(clips.labels.isEmpty && clips.classCount == 2 && clips.clips.map(\.label) == [1, 0, 1, 0])
        let named = try list("a 1\nb left\nc right\nd 0\n", labels: "left\nright\n")
        #expect(named.labels == ["left", "right"] && named.clips.map(\.label) == [1, 0, 1, 0])
    }

    @Test("The lists of datasets give their clips for training")
    func publishedLists() throws {
        let ucf = try list(
            ["Archery", "Biking"].flatMap { name in (1...2).map { "\(name)/v_\(name)_g0\($0)_c01.avi 1\n" } }.joined())
        #expect(ucf.labels == ["Archery", "Biking"] && ucf.clips.map(\.label) == [0, 0, 1, 1])
        for name in ["wave", "brush_hair"] {
            let text = "\(name)1.avi 1\n\(name)2.avi 2\n\(name)3.avi 1\n"
            try touch("hmdb/x/clip.avi")
            try folder.write(Array(text.utf8), to: "hmdb/\(name)_test_split1.txt")
        }
        let hmdb = try LabelledClips(path: folder.file("hmdb"))
        #expect(hmdb.labels == ["brush_hair", "wave"])
        #expect(
            hmdb.clips.map(\.name) == [
                "brush_hair/brush_hair1.avi", "brush_hair/brush_hair3.avi", "wave/wave1.avi", "wave/wave3.avi",
            ])
    }

    @Test(arguments: [
        ("a x\nb x", "one class only"), ("a x\nb x\nc y", "too few: y (1)"), ("a 0\nb 0\nc 2\nd 2", "class 1 (0)"),
        ("a 0\nb left", "both numbers and names"), ("a -1\nb -1\nc 0\nd 0", "numbered from 0"),
        ("a 0\nb 0\nc 9999999999999\nd 1", "numbered from 0"), ("a x\nb", "line 2"), ("a x\na y", "second time"),
        ("a left turn\nb left_turn\nc up\nd up", "spell them alike"), ("", "names no clip"),
        ("a \u{1}x\nb \u{1}x\nc y\nd y", "control characters"),
        ("a \(String(repeating: "x", count: 300))\nb y", "256 bytes"),
    ])
    func mistakesAreExplained(_ text: String, _ reason: String) throws {
        let error = #expect(throws: (any Error).self) { try list(text) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(reason), "\(error.map { "\($0)" } ?? "")")
    }

    @Test func labelsThatAreNotInTheFileAreExplained() throws {
        let text = "a left\nb left\nc rihgt\nd right\n"
        let error = #expect(throws: ModelError.self) { try list(text, labels: "left\nright\n") }
        #expect(error?.description.contains("line 3") == true && error?.description.contains("right") == true)
        let number = #expect(throws: ModelError.self) { try list("a 2\nb 0", labels: "left\nright\n") }
        #expect(number?.description.contains("there is no class 2") == true)
        #expect(throws: ModelError.self) { try LabelledClips(path: folder.path, labelFile: folder.file("none")) }
        #expect(throws: MediaError.self) { try LabelledClips(path: folder.file("none")) }
    }
}
