import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite struct LabelFileTests {
    private static let labels = ["abseiling", "air drumming", "zumba", "d", "e"]

    private static let spellings: [String] = [
        labels.joined(separator: "\n"),
        labels.joined(separator: "\n") + "\n",
        labels.joined(separator: "\r\n") + "\r\n\r\n",
        "\u{FEFF}" + labels.joined(separator: " \n") + "\n \n",
    ]

    @Test(arguments: spellings)
    func linesAreLabels(text: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Array(text.utf8), to: "l.txt")
        #expect(try LabelFile.read(path, classCount: 5) == Self.labels)
    }

    private static let misfits: [([UInt8], String)] = [
        (Array("a\nb\nc\nd\n".utf8), "has 4 labels, where the model has 5 classes"),
        (Array("a\nb\n\nd\ne\nf".utf8), "has an empty line 3 among its labels"),
        ([0x61, 0xFF, 0x0A], "is not UTF-8 text"),
        ([], "has 0 labels, where the model has 5 classes"),
    ]

    @Test(arguments: misfits)
    func filesThatDoNotFitAreErrors(bytes: [UInt8], reason: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "l.txt")
        let error = try #require(throws: ModelError.self) {
            try Checkpoint.open(GoldenCheckpoint.path("nested.pth"), labelFile: path)
        }
        #expect(error == ModelError(.labels, reason, file: path))
    }

    @Test(arguments: ["labels.txt", "label_map.txt", "label_map_5.txt", "../label_map.txt", "../../label_map_5.txt"])
    func aFileBesideTheCheckpointIsFound(name: String) throws {
        let directory = try TemporaryDirectory()
        let folder = directory.file("checkpoints/rgb")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = try GoldenCheckpoint.copy("nested.pth", to: directory)
        try FileManager.default.moveItem(atPath: path, toPath: folder + "/nested.pth")
        try Data(Self.labels.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        #expect(try Checkpoint.open(folder + "/nested.pth").manifest.labels == Self.labels)
    }

    /// Labels are looked for in the two folders above a checkpoint, so each test must have its own.
    @Test func foldersAboveATestDirectoryAreItsOwn() throws {
        let directory = try TemporaryDirectory()
        for folder in ["/..", "/../.."] {
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + folder).count == 1)
        }
    }

    @Test func aFileWithTheWrongCountIsIgnored() throws {
        let directory = try TemporaryDirectory()
        let path = try GoldenCheckpoint.copy("nested.pth", to: directory)
        try directory.write(Array("a\nb\n".utf8), to: "labels.txt")
        #expect(try Checkpoint.open(path).manifest.labels == [])
    }

    @Test func aNamedFileTakesPrecedence() throws {
        let directory = try TemporaryDirectory()
        var manifest = GoldenCheckpoint.manifest
        manifest.labels = ["1", "2", "3", "4", "5"]
        let path = directory.file("a.safetensors")
        try GoldenCheckpoint.reference().write(safetensors: path, manifest: manifest)
        try directory.write(Array("v\nw\nx\ny\nz\n".utf8), to: "labels.txt")
        #expect(try Checkpoint.open(path).manifest.labels == manifest.labels)
        let named = try directory.write(Array(Self.labels.joined(separator: "\n").utf8), to: "other.txt")
        #expect(try Checkpoint.open(path, labelFile: named).manifest.labels == Self.labels)
        let error = try #require(throws: ModelError.self) {
            try Checkpoint.open(path, labelFile: directory.file("none.txt"))
        }
        #expect(error.code == .cannotOpen)
    }
}
