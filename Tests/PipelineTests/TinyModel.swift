import Engine
import TestSupport

@testable import Pipeline

/// A random network small enough for tests: a clip of 8 frames of 32x32, a 32nd of the published width.
enum TinyModel {
    static let labels = ["left", "right", "up", "down", "still"]

    static func write(to path: String, channels: Int = 3) throws {
        let variables = try UntrainedNetwork.variables(
            width: 1.0 / 32, classCount: labels.count, inputChannels: channels, seed: 7)
        let manifest = ModelManifest(
            name: "tiny", classCount: labels.count, inputChannels: channels, clipLength: 8, frameSize: 32,
            shortSide: 36, labels: labels)
        try variables.write(safetensors: path, manifest: manifest)
    }

    static func load(channels: Int = 3) async throws -> LoadedModel {
        let folder = try TemporaryDirectory()
        try write(to: folder.file("tiny.safetensors"), channels: channels)
        return try await LoadedModel.load(path: folder.file("tiny.safetensors"))
    }
}
