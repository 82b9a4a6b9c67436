import Foundation
import TestSupport
import Testing

@testable import Engine

/// Errors name the file and the variable that they concern.
@Suite struct CheckpointErrorTests {
    private func error(opening path: String) throws -> ModelError {
        try #require(throws: ModelError.self) { try Checkpoint.open(path).load() }
    }

    // MARK: Variables

    @Test(arguments: [
        "Conv3d_1a_7x7/conv_3d/w", "Conv3d_2c_3x3/batch_norm/beta",
        "Mixed_4d/Branch_2/Conv3d_0b_3x3/batch_norm/moving_mean",
        "Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w", "Logits/Conv3d_0c_1x1/conv_3d/b",
    ])
    func aMissingVariableIsNamed(name: String) throws {
        let directory = try TemporaryDirectory()
        let error = try #require(throws: ModelError.self) {
            try GoldenCheckpoint.open(in: directory) { $0[name] = nil }
        }
        #expect(error.code == .missingVariable)
        #expect(error.variable == name)
        #expect(error.file == directory.file("changed.safetensors"))
    }

    @Test(
        arguments: [
            ("Conv3d_1a_7x7/conv_3d/w", [7, 7, 7, 4, 1], "[7, 7, 7, 3 or 2, any]"),
            ("Conv3d_1a_7x7/conv_3d/w", [7, 7, 3, 1], "[7, 7, 7, 3 or 2, any]"),
            ("Conv3d_2c_3x3/conv_3d/w", [3, 3, 1, 1, 3], "[3, 3, 3, 1, any]"),
            ("Conv3d_2c_3x3/batch_norm/moving_variance", [4], "[3]"),
            ("Conv3d_2c_3x3/batch_norm/beta", [3, 1], "[3]"),
            ("Mixed_3b/Branch_1/Conv3d_0b_3x3/conv_3d/w", [3, 3, 3, 3, 2], "[3, 3, 3, 2, any]"),
            ("Logits/Conv3d_0c_1x1/conv_3d/w", [1, 1, 1, 17, 5], "[1, 1, 1, 16, any]"),
            ("Logits/Conv3d_0c_1x1/conv_3d/b", [6], "[5]"),
        ] as [(String, [Int], String)])
    func aWrongShapeIsNamed(name: String, shape: [Int], needed: String) throws {
        let directory = try TemporaryDirectory()
        let error = try #require(throws: ModelError.self) {
            try GoldenCheckpoint.open(in: directory) {
                $0[name] = .init(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
            }
        }
        #expect(error.code == .wrongShape)
        #expect(error.variable == name)
        #expect(error.reason == "has shape \(shape), where \(needed) is needed")
    }

    @Test(arguments: [("Conv3d_2b_1x1/conv_3d/w", Float.nan), ("Conv3d_2b_1x1/batch_norm/beta", -.infinity)])
    func nonFiniteValuesAreNamed(name: String, value: Float) throws {
        let directory = try TemporaryDirectory()
        let checkpoint = try GoldenCheckpoint.open(in: directory) { $0[name]?.values[0] = value }
        let error = try #require(throws: ModelError.self) { try checkpoint.load() }
        #expect(error.code == .malformed)
        #expect(error.variable == name)
        #expect(throws: ModelError.self) { try checkpoint.verify() }
    }

    @Test func aNegativeVarianceIsNamed() throws {
        let directory = try TemporaryDirectory()
        let name = "Conv3d_2b_1x1/batch_norm/moving_variance"
        let checkpoint = try GoldenCheckpoint.open(in: directory) { $0[name]?.values[0] = -1e-3 }
        let error = try #require(throws: ModelError.self) { try checkpoint.load() }
        #expect(error.variable == name)
    }

    @Test func unknownVariablesAreReported() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = try GoldenCheckpoint.open(in: directory) {
            $0["extra/thing"] = .init(shape: [1], values: [1])
            $0["Conv3d_1a_7x7/conv_3d/w/Momentum"] = .init(shape: [1], values: [1])
        }
        #expect(checkpoint.unknown == ["extra/thing"])
        #expect(checkpoint.skipped == ["Conv3d_1a_7x7/conv_3d/w/Momentum"])
        #expect(try checkpoint.load().contentHash == GoldenCheckpoint.reference().contentHash)
    }

    @Test func flowNetworksHaveTwoChannels() throws {
        let directory = try TemporaryDirectory()
        var network = try GoldenCheckpoint.reference()
        network.variables["Conv3d_1a_7x7/conv_3d/w"] = .init(
            shape: [7, 7, 7, 2, 1], values: [Float](repeating: 0.5, count: 686))
        var manifest = GoldenCheckpoint.manifest
        let path = directory.file("flow.safetensors")
        try network.write(safetensors: path, manifest: manifest)
        #expect(try error(opening: path).code == .malformed)
        manifest.inputChannels = 2
        try network.write(safetensors: path, manifest: manifest, replacing: true)
        #expect(try Checkpoint.open(path).manifest.inputChannels == 2)
    }

    @Test func twoNetworksInOneCheckpointAreRefused() throws {
        let directory = try TemporaryDirectory()
        let error = try #require(throws: ModelError.self) {
            try GoldenCheckpoint.open(in: directory) { variables in
                for (name, variable) in variables { variables["Flow/\(name)"] = variable }
            }
        }
        #expect(error.reason == "holds several networks, under the prefixes (no prefix), Flow/")
    }

    // MARK: TensorFlow

    @Test func aDamagedValueIsNamed() throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        var bytes = try directory.bytes(of: "model.ckpt.data-00003-of-00004")
        bytes[5] ^= 1
        try directory.write(bytes, to: "model.ckpt.data-00003-of-00004")
        let error = try error(opening: prefix)
        #expect(error.code == .checksum)
        #expect(error.file == prefix + ".data-00003-of-00004")
        #expect(error.variable?.hasPrefix("RGB/inception_i3d/") == true)
    }

    @Test func aShortDataFileIsNamed() throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        let bytes = try directory.bytes(of: "model.ckpt.data-00003-of-00004")
        try directory.write(bytes.dropLast(), to: "model.ckpt.data-00003-of-00004")
        let error = try error(opening: prefix)
        #expect(error.code == .truncated)
        #expect(error.file == prefix + ".data-00003-of-00004")
        #expect(error.variable != nil)
    }

    @Test func aMissingDataFileIsNamed() throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        try FileManager.default.removeItem(atPath: prefix + ".data-00002-of-00004")
        let error = try error(opening: prefix)
        #expect(error.code == .cannotOpen)
        #expect(error.file == prefix + ".data-00002-of-00004")
        #expect(error.reason.contains(prefix + ".index"))
    }

    @Test func aMissingIndexIsNamed() throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        try FileManager.default.removeItem(atPath: prefix + ".index")
        #expect(try error(opening: prefix).reason == "its index file model.ckpt.index is missing")
        #expect(try error(opening: prefix + ".data-00000-of-00004").code == .cannotOpen)
    }

    @Test(arguments: [100, 5_000, 13_000])
    func aDamagedIndexIsDetected(position: Int) throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        var bytes = try directory.bytes(of: "model.ckpt.index")
        bytes[position] ^= 0x10
        try directory.write(bytes, to: "model.ckpt.index")
        let error = try error(opening: prefix)
        #expect(error.code == .checksum)
        #expect(error.file == prefix + ".index")
    }

    @Test func aShortIndexIsDetected() throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("model.ckpt", to: directory)
        let bytes = try directory.bytes(of: "model.ckpt.index")
        for count in [0, 47, 48, bytes.count / 2, bytes.count - 1] {
            try directory.write(Array(bytes.prefix(count)), to: "model.ckpt.index")
            #expect(try error(opening: prefix).code == .truncated)
        }
    }

    @Test func slicesAreRefused() throws {
        let error = try error(opening: GoldenCheckpoint.path("sliced.ckpt"))
        #expect(error.code == .malformed)
        #expect(error.variable == "sliced")
        #expect(error.reason.contains("slices"))
    }

    @Test(arguments: [(1, "Snappy"), (7, "compression 7")] as [(UInt8, String)])
    func compressedBlocksAreRefused(compression: UInt8, word: String) throws {
        // A table of one empty block with compression byte and masked CRC-32C, which is both index and meta-index.
        let contents: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, compression]
        let checksum = Checksum.masked(Checksum.crc32c(contents[...]))
        let table =
            contents + Self.littleEndian(UInt64(checksum), 4) + [0, 8, 0, 8] + [UInt8](repeating: 0, count: 36)
            + Self.littleEndian(SortedTable.magic, 8)
        let error = try #require(throws: ModelError.self) { try SortedTable(table, file: "a.index") }
        #expect(error.code == .malformed)
        #expect(error.reason.contains(word))
    }

    private static func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    // MARK: PyTorch

    @Test func aDamagedStorageIsNamed() throws {
        let directory = try TemporaryDirectory()
        var bytes = try GoldenMaterial.bytes("checkpoints/short_names.pt")
        // The filter of the stem is the first storage: 4,116 bytes, aligned to 64.
        let archive = try ZipArchive(openFile(GoldenCheckpoint.path("short_names.pt")))
        let entry = try #require(archive.entries["short_names/data/0"])
        #expect(entry.size == 343 * 3 * 4)
        bytes[try archive.contentOffset(of: entry) + 1000] ^= 4
        let error = try error(opening: directory.write(bytes, to: "a.pt"))
        #expect(error.code == .checksum)
        #expect(error.variable == "Conv3d_1a_7x7.conv3d.weight")
    }

    @Test(arguments: ["short_names.pt", "nested.pth", "long_names_gamma.pth", "reference.safetensors"])
    func aShortFileIsDetected(name: String) throws {
        let directory = try TemporaryDirectory()
        let bytes = try GoldenMaterial.bytes("checkpoints/\(name)")
        for count in [bytes.count - 1, bytes.count - 100, bytes.count / 2, 1000] {
            let path = try directory.write(Array(bytes.prefix(count)), to: name)
            let error = try error(opening: path)
            #expect(error.code == .truncated, "\(count) bytes: \(error)")
            #expect(error.file == path)
        }
    }

    @Test func compressedArchivesAreRefused() throws {
        let error = try error(opening: GoldenCheckpoint.path("deflated.pt"))
        #expect(error.code == .malformed)
        #expect(error.reason.contains("compressed"))
    }

    // MARK: Other files

    @Test func filesThatAreNotCheckpointsAreReported() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Array("just some text, long enough".utf8), to: "notes.txt")
        #expect(try error(opening: path).code == .malformed)
        #expect(try error(opening: directory.file("nothing")).code == .cannotOpen)
        #expect(try error(opening: directory.write([], to: "empty.pt")).code == .truncated)
        #expect(try error(opening: directory.write([1, 2], to: "short.safetensors")).code == .truncated)
        #expect(try error(opening: GoldenCheckpoint.path("types.ckpt")).code == .missingVariable)
    }
}
