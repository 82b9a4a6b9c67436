import Foundation
import TestSupport
import Testing

@testable import Engine

/// Thousands of seeded mutations of every format: the reader throws a `ModelError` or succeeds; it never crashes, hangs
/// or allocates more memory than is proportional to the file's size.
@Suite struct CheckpointFuzzTests {
    /// Runs `body` on damaged copies of `original`; because of typed throws, only a `ModelError` can be thrown.
    private func survive(
        _ original: [UInt8], rounds: Int, seed: UInt64, atLeastRefused: Int,
        _ body: ([UInt8]) throws(ModelError) -> Void
    ) {
        var mutator = Mutator(seed: seed)
        var refused = 0
        for _ in 0..<rounds {
            do throws(ModelError) { try body(mutator.mutated(original)) } catch { refused += 1 }
        }
        #expect(refused >= atLeastRefused, "\(refused) of \(rounds)")
    }

    private func write(_ bytes: [UInt8], to path: String) {
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    }

    @Test(arguments: [
        "types.pt", "types.pth", "protocol4.pt", "zip64.pt", "deflated.pt", "types.npz", "types.pickle",
    ])
    func smallFilesOfPython(name: String) throws {
        let directory = try TemporaryDirectory()
        let original = try GoldenMaterial.bytes("checkpoints/\(name)")
        let path = directory.file("a.pt")
        survive(original, rounds: 600, seed: 11, atLeastRefused: 150) { bytes throws(ModelError) in
            write(bytes, to: path)
            let reader = try CheckpointLocation(path).reader()
            for tensor in reader.tensors where tensor.elementType.isFloat { _ = try reader.values(of: tensor) }
        }
    }

    /// The pickle alone, without the archive's checksum.
    @Test(arguments: ["types.pt", "protocol4.pt"])
    func pickles(name: String) throws {
        let archive = try ZipArchive(openFile(GoldenCheckpoint.path(name)))
        let entry = try #require(archive.entries.values.first { $0.name.hasSuffix("data.pkl") })
        let original = try archive.contents(of: entry, limit: 1 << 20)
        survive(original, rounds: 20_000, seed: 12, atLeastRefused: 5000) { bytes throws(ModelError) in
            var reader = ByteReader(bytes, file: "a.pt")
            _ = try TorchStateDict.tensors(of: Unpickler.read(&reader), file: "a.pt")
        }
    }

    @Test func picklesOfArrays() throws {
        let original = try GoldenMaterial.bytes("checkpoints/types.pickle")
        survive(original, rounds: 20_000, seed: 18, atLeastRefused: 5000) { bytes throws(ModelError) in
            var reader = ByteReader(bytes, file: "a.pickle")
            _ = try Unpickler.read(&reader, globals: NumPyGlobals.self)
        }
    }

    @Test func tensorFlowIndexFiles() throws {
        let original = try GoldenMaterial.bytes("checkpoints/types.ckpt.index")
        survive(original, rounds: 10_000, seed: 13, atLeastRefused: 5000) { bytes throws(ModelError) in
            _ = try SortedTable(bytes, file: "a.index")
        }
    }

    /// The content of blocks; their checksums are recomputed.
    @Test func tensorFlowBlocks() throws {
        let directory = try TemporaryDirectory()
        let prefix = try GoldenCheckpoint.copy("types.ckpt", to: directory)
        let original = try GoldenMaterial.bytes("checkpoints/types.ckpt.index")
        // TensorFlow wrote one data block, an empty meta-index block of 8 + 5 bytes, the index block and the footer.
        var footer = try ByteReader(original, file: "")
            .part(at: original.count - SortedTable.footerSize, count: SortedTable.footerSize)
        let dataSize = try footer.length()
        #expect(try footer.length() == 8)
        let block = Array(original[..<(dataSize - 5)])
        let path = prefix + ".index"
        survive(block, rounds: 3000, seed: 14, atLeastRefused: 1000) { bytes throws(ModelError) in
            // The block keeps its size, so that the offsets in index and footer stay valid.
            var block = Array(bytes.prefix(dataSize - 5))
            block += [UInt8](repeating: 0, count: dataSize - 5 - block.count)
            let checksum = Checksum.masked(Checksum.crc32c((block + [0])[...]))
            let trailer = [0] + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
            write(block + trailer + original[dataSize...], to: path)
            let reader = try TensorFlowCheckpoint(prefix: prefix)
            for tensor in reader.tensors where tensor.elementType.isFloat { _ = try reader.values(of: tensor) }
        }
    }

    @Test func protocolBuffers() throws {
        let entry: [UInt8] = [
            8, 1, 0x12, 8, 0x12, 2, 8, 3, 0x12, 2, 8, 4, 24, 1, 32, 0x80, 1, 40, 48, 0x35, 1, 2, 3, 4,
        ]
        let whole = try BundleEntry(ByteReader(entry, file: "a.index"))
        #expect(whole.shape == [3, 4])
        #expect(whole.shard == 1)
        #expect(whole.offset == 128)
        #expect(whole.size == 48)
        #expect(whole.checksum == 0x0403_0201)
        survive(entry, rounds: 20_000, seed: 15, atLeastRefused: 1000) { bytes throws(ModelError) in
            _ = try BundleEntry(ByteReader(bytes, file: "a.index"))
            _ = try BundleHeader(ByteReader(bytes, file: "a.index"))
        }
    }

    @Test func safetensors() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.safetensors")
        try ModelVariables([
            "Conv3d_1a_7x7/conv_3d/w": .init(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
            "Conv3d_1a_7x7/batch_norm/beta": .init(shape: [2], values: [1, 2]),
        ]).write(safetensors: path, manifest: GoldenCheckpoint.manifest)
        let original = try directory.bytes(of: "a.safetensors")
        survive(original, rounds: 3000, seed: 16, atLeastRefused: 1000) { bytes throws(ModelError) in
            write(bytes, to: path)
            let file = try SafetensorsCheckpoint(openFile(path))
            for tensor in file.tensors where tensor.elementType.isFloat { _ = try file.values(of: tensor) }
        }
    }

    /// Whole networks, from opening to loading.
    @Test(arguments: [
        ("reference.safetensors", "reference.safetensors", 10), ("model.ckpt", "model.ckpt.index", 150),
        ("nested.pth", "nested.pth", 10), ("short_names.pt", "short_names.pt", 10),
        ("flax5.pickle", "flax5.pickle", 10), ("network.npz", "network.npz", 10),
    ])
    func wholeNetworks(name: String, damaged: String, atLeastRefused: Int) throws {
        let directory = try TemporaryDirectory()
        let path = try GoldenCheckpoint.copy(name, to: directory)
        let original = try GoldenMaterial.bytes("checkpoints/\(damaged)")
        survive(original, rounds: 200, seed: 17, atLeastRefused: atLeastRefused) { bytes throws(ModelError) in
            write(bytes, to: directory.file(damaged))
            _ = try? ModelInspection(path)
            _ = try Checkpoint.open(path).load()
        }
    }
}
