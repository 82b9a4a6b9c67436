import Files
import TestSupport
import Testing

@testable import Engine

/// The large checkpoints of the shared reference material, and the published index files.
@Suite(.tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
struct SharedCheckpointTests {
    static let small = "golden/i3d-small"

    @Test(arguments: ["model.ckpt", "model.ckpt.index", "model_zip.pt", "model_nested.pt"])
    func everyFormatGivesTheSameNetwork(name: String) throws {
        let reference = try Checkpoint.open(#require(SharedMaterial.path(Self.small + "/model.safetensors")))
        let checkpoint = try Checkpoint.open(#require(SharedMaterial.path(Self.small + "/" + name)))
        #expect(checkpoint.manifest.classCount == 12)
        #expect(checkpoint.manifest.inputChannels == 3)
        #expect(checkpoint.manifest.labels == (0..<12).map { "class \($0)" })
        #expect(try checkpoint.load().contentHash == reference.load().contentHash)
        #expect(checkpoint.unknown.isEmpty)
    }

    @Test func gammasAreFolded() throws {
        let reference = try Checkpoint.open(#require(SharedMaterial.path(Self.small + "/model.safetensors"))).load()
        let folded = try Checkpoint.open(#require(SharedMaterial.path(Self.small + "/model_legacy.pth"))).load()
        try expectSameFunction(folded, reference)
    }

    @Test func aFolderListsItsCheckpoints() throws {
        let folder = try #require(SharedMaterial.path(Self.small))
        let checkpoint = try Checkpoint.open(folder)
        #expect(checkpoint.path == folder + "/model.ckpt")
        #expect(checkpoint.files.count == 4)
        #expect(checkpoint.alternatives.contains(folder + "/flow.ckpt"))
        #expect(checkpoint.manifest.name == "i3d-small")
        let flow = try Checkpoint.open(folder + "/flow.ckpt")
        #expect(flow.manifest.inputChannels == 2)
        _ = try flow.load()
    }

    @Test func theFullNetworkLoads() throws {
        let checkpoint = try Checkpoint.open(#require(SharedMaterial.path("golden/i3d-full")))
        let verification = try checkpoint.verify()
        #expect(verification.variableCount == 230)
        #expect(verification.parameterCount == 50_818_176 / 4)  // its data file is nothing but float32
        #expect(checkpoint.manifest.classCount == 400)
        #expect(verification.checksum == "CRC-32C")
    }

    @Test(arguments: [("rgb_imagenet", 3, 400), ("flow_imagenet", 2, 400), ("rgb_scratch_kin600", 3, 600)])
    func publishedIndexFilesAreRead(folder: String, inputChannels: Int, classCount: Int) throws {
        let path = try #require(SharedMaterial.path("checkpoints/kinetics-i3d/\(folder)/model.ckpt"))
        let (shardCount, tensors) = try TensorFlowCheckpoint.index(ReadableFile(path + ".index"))
        #expect(shardCount == 1)
        let network = try StoredNetwork(tensors, file: path)
        let shape = try NetworkShape(network)
        #expect(shape.inputChannels == inputChannels)
        #expect(shape.classCount == classCount)
        #expect(shape.widths["Conv3d_1a_7x7"] == 64)
        #expect(shape.widths["Mixed_5c/Branch_0/Conv3d_0a_1x1"] == 384)
        #expect(network.unknown.isEmpty)
        #expect(network.skipped.isEmpty == (classCount == 400))
        #expect(LabelFile.find(for: path, classCount: classCount)?.labels.count == classCount)

        let error = #expect(throws: ModelError.self) { try Checkpoint.open(path) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.file == path + ".data-00000-of-00001")
    }
}
