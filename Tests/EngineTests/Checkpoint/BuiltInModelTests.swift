import Files
import Foundation
import TestSupport
import Testing

@testable import Engine

/// The model in the executable equals the file in the repository byte by byte, and its card describes it.
@Suite struct BuiltInModelTests {
    private static let folder = GoldenMaterial.directory.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/Engine/Builtin")

    private struct Card: Decodable {
        struct Network: Decodable {
            var sha256: String
            var parameters: Int
            var bytes: Int
        }

        struct Input: Decodable {
            var frames: Int
            var framesPerSecond: Double
        }

        var name: String
        var classes: [String]
        var license: String
        var network: Network
        var input: Input
    }

    private func card() throws -> Card {
        let file = BuiltInModel.motion.card
        return try JSONDecoder().decode(Card.self, from: Data(file.contents(limit: file.size)))
    }

    @Test func bytesEqualTheFileInTheRepository() throws {
        let stored = try Data(contentsOf: Self.folder.appendingPathComponent("motion.safetensors"))
        let embedded = BuiltInModel.motion.checkpoint
        #expect(try embedded.contents(limit: 4_000_000) == [UInt8](stored))
        let card = try Data(contentsOf: Self.folder.appendingPathComponent("motion.json"))
        #expect(try BuiltInModel.motion.card.contents(limit: 1 << 20) == [UInt8](card))
    }

    @Test func cardDescribesTheModel() throws {
        let card = try card()
        let checkpoint = try Checkpoint.open("builtin:motion")
        let verification = try checkpoint.verify()
        #expect(verification.contentHash == card.network.sha256)
        #expect(verification.parameterCount == card.network.parameters)
        #expect(checkpoint.files == [CheckpointFile(path: "builtin:motion", size: card.network.bytes)])
        #expect(checkpoint.form == .safetensors)
        #expect(checkpoint.manifest.name == card.name)
        #expect(checkpoint.manifest.labels == card.classes)
        #expect(checkpoint.manifest.clipLength == card.input.frames)
        #expect(checkpoint.manifest.framesPerSecond == card.input.framesPerSecond)
        #expect(checkpoint.manifest.license == card.license)
        #expect(checkpoint.unknown.isEmpty)
    }

    @Test func networkEqualsThatOfTheFile() throws {
        let file = try Checkpoint.open(Self.folder.appendingPathComponent("motion.safetensors").path)
        let embedded = try Checkpoint.open("builtin:motion")
        #expect(try embedded.load().variables == file.load().variables)
        #expect(embedded.manifest == file.manifest)
    }

    /// The bounds are those of the design, for every instruction set.
    @Test(arguments: InstructionSet.available) func agreesWithTheTrainingFramework(_ isa: InstructionSet) throws {
        let golden = try GoldenFile(path: GoldenMaterial.path("motion/golden.safetensors")).tensors
        let checkpoint = try Checkpoint.open("builtin:motion")
        let clip = try #require(golden["clip"])
        let session = try EngineSession(
            model: try I3DModel(variables: checkpoint.load(), manifest: checkpoint.manifest),
            shape: ClipShape(frames: clip.shape[0], height: clip.shape[1], width: clip.shape[2], channels: 3),
            pool: ThreadPool(threadCount: 2), instructionSet: isa)
        try session.setBytes(clip.values.map { UInt8($0) })
        try GoldenNetwork.check(session, golden, error: 1e-4, rules: [("guided", .guided, 5e-3)])
        try GoldenNetwork.check(session, golden, error: 1e-4, rules: [("gradient", .gradient, 3e-2)], cosine: 0.9995)
    }

    /// Bytes in memory are checked like those in a file.
    @Test func damagedBytesAreRefusedInMemoryToo() throws {
        let original = try GoldenMaterial.bytes("checkpoints/reference.safetensors")
        var mutator = Mutator(seed: 21)
        var refused = 0
        for _ in 0..<1000 {
            mutator.mutated(original).withUnsafeBytes { bytes in
                do throws(ModelError) {
                    let reader = try SafetensorsCheckpoint(EmbeddedFile("memory", constants: bytes))
                    for tensor in reader.tensors where tensor.elementType.isFloat { _ = try reader.values(of: tensor) }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused >= 100, "\(refused)")
    }
}
