import Foundation
import TestSupport

@testable import Engine

/// The small network in `Tests/Golden/checkpoints`, in all its formats.
enum GoldenCheckpoint {
    static func path(_ name: String) -> String { GoldenMaterial.path("checkpoints/\(name)") }

    static func reference() throws -> ModelVariables {
        try Checkpoint.open(path("reference.safetensors")).load()
    }

    static let manifest = ModelManifest(name: "small", classCount: 5, inputChannels: 3)

    /// Copies a checkpoint's files ("model.ckpt" stands for all five of its files) and returns the copy's path.
    static func copy(_ name: String, to directory: TemporaryDirectory, as newName: String? = nil) throws -> String {
        let manager = FileManager.default
        for file in try manager.contentsOfDirectory(atPath: path(""))
        where file == name || file.hasPrefix(name + ".index") || file.hasPrefix(name + ".data-") {
            let target = (newName ?? name) + file.dropFirst(name.count)
            try manager.copyItem(atPath: path(file), toPath: directory.file(target))
        }
        return directory.file(newName ?? name)
    }

    /// Writes a changed version of the network and opens it.
    static func open(
        in directory: TemporaryDirectory, changing change: (inout [String: ModelVariables.Variable]) -> Void
    ) throws -> Checkpoint {
        var network = try reference()
        change(&network.variables)
        let path = directory.file("changed.safetensors")
        try network.write(safetensors: path, manifest: manifest, replacing: true)
        return try Checkpoint.open(path)
    }
}
