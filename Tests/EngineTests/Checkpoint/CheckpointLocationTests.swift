import Foundation
import TestSupport
import Testing

@testable import Engine

/// Finding a checkpoint by folder, prefix, file name and content.
@Suite struct CheckpointLocationTests {
    @Test func theOnlyCheckpointInAFolderIsUsed() throws {
        for name in ["model.ckpt", "reference.safetensors", "short_names.pt", "nested.pth"] {
            let directory = try TemporaryDirectory()
            let path = try GoldenCheckpoint.copy(name, to: directory)
            try directory.write([1, 2, 3], to: "notes.txt")
            let checkpoint = try Checkpoint.open(directory.path)
            #expect(checkpoint.path == path)
            #expect(checkpoint.alternatives.isEmpty)
        }
    }

    @Test func thePublishedNameTakesPrecedence() throws {
        let directory = try TemporaryDirectory()
        _ = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        let other = try GoldenCheckpoint.copy("short_names.pt", to: directory)
        let checkpoint = try Checkpoint.open(directory.path + "/")
        #expect(checkpoint.form == .tensorFlow)
        #expect(checkpoint.alternatives == [directory.path + "/short_names.pt"])
        #expect(try Checkpoint.open(other).form == .torchArchive)
    }

    @Test(arguments: ["model.ckpt-20", "/somewhere/else/model.ckpt-20"])
    func theCheckpointFileTakesPrecedenceOverIt(pointer: String) throws {
        let directory = try TemporaryDirectory()
        _ = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        _ = try GoldenCheckpoint.copy("model.ckpt", to: directory, as: "model.ckpt-20")
        let text = "model_checkpoint_path: \"\(pointer)\"\nall_model_checkpoint_paths: \"model.ckpt\"\n"
        try directory.write(Array(text.utf8), to: "checkpoint")
        #expect(try Checkpoint.open(directory.path).path == directory.file("model.ckpt-20"))
    }

    @Test func severalCheckpointsAreListed() throws {
        let directory = try TemporaryDirectory()
        _ = try GoldenCheckpoint.copy("short_names.pt", to: directory)
        _ = try GoldenCheckpoint.copy("model.ckpt", to: directory, as: "flow.ckpt")
        let error = try #require(throws: ModelError.self) { try Checkpoint.open(directory.path) }
        #expect(error.file == directory.path)
        #expect(error.reason == "holds several checkpoints, of which one must be named: flow.ckpt, short_names.pt")
    }

    @Test func filesWithoutANetworkAreIgnored() throws {
        let directory = try TemporaryDirectory()
        let path = try GoldenCheckpoint.copy("short_names.pt", to: directory)
        try ModelVariables(["logits": .init(shape: [2], values: [1, 2])])
            .write(safetensors: directory.file("golden.safetensors"), manifest: GoldenCheckpoint.manifest)
        #expect(try Checkpoint.open(directory.path).path == path)
    }

    @Test func anEmptyFolderIsReported() throws {
        let directory = try TemporaryDirectory()
        let error = try #require(throws: ModelError.self) { try Checkpoint.open(directory.path) }
        #expect(error.code == .cannotOpen)
        #expect(error.description.hasPrefix("\(directory.path): holds no checkpoint"))
    }

    @Test func contentDecidesTheFormat() throws {
        let directory = try TemporaryDirectory()
        let forms: [(String, CheckpointForm)] = [
            ("reference.safetensors", .safetensors), ("short_names.pt", .torchArchive), ("nested.pth", .torchLegacy),
            ("network.npz", .numpyArchive), ("flax.pickle", .numpyPickle),
        ]
        for (name, form) in forms {
            let path = try GoldenCheckpoint.copy(name, to: directory, as: "\(form).bin")
            #expect(try Checkpoint.open(path).form == form)
        }
        let pth = try GoldenCheckpoint.copy("short_names.pt", to: directory, as: "zip.pth")
        #expect(try Checkpoint.open(pth).form == .torchArchive)
    }

    @Test func namesComeFromFilesAndFolders() throws {
        let directory = try TemporaryDirectory()
        _ = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        #expect(try Checkpoint.open(directory.path).manifest.name == Path.name(of: directory.path))
        let path = try GoldenCheckpoint.copy("nested.pth", to: directory, as: "leopards.pth")
        #expect(try Checkpoint.open(path).manifest.name == "leopards")
    }
}
