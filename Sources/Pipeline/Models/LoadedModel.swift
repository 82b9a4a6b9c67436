import Concurrency
import Engine
import Files

/// A network ready for use by any number of jobs, with its description.
public struct LoadedModel: Sendable {
    public let network: I3DModel
    public let description: ModelDescription
    /// Warnings about the checkpoint.
    public let warnings: [String]
    /// The path of its checkpoint; nil for a random network.
    private let path: String?

    public var manifest: ModelManifest { network.manifest }

    /// Reads a checkpoint on a dedicated thread.
    ///
    /// - Parameters:
    ///   - path: a checkpoint in any form that `Checkpoint` supports, or the name of an installed model.
    ///   - labels: a label file that replaces the checkpoint's labels.
    ///   - memory: whether the network and its sessions use less memory or are faster.
    /// - Throws: `ModelError`.
    public static func load(
        path: String, labels: String? = nil, memory: MemoryUse = .fast
    ) async throws -> LoadedModel {
        try await loadWithVariables(path: path, labels: labels, memory: memory).model
    }

    /// Reads a checkpoint and also returns the network's variables, for checks that randomise them.
    public static func loadWithVariables(
        path: String, labels: String? = nil, memory: MemoryUse = .fast
    ) async throws -> (model: LoadedModel, variables: ModelVariables) {
        try await DedicatedThread.run(name: "model", onCancel: {}) {
            let checkpoint = try ModelCatalogue().open(path, labelFile: labels)
            var warnings: [String] = []
            if !checkpoint.unknown.isEmpty {
                warnings.append(
                    "\(checkpoint.path): \(checkpoint.unknown.count.counted("variable")) unknown to the network left out"
                )
            }
            if !checkpoint.alternatives.isEmpty {
                warnings.append(
                    "\(checkpoint.path) was taken; also there: \(checkpoint.alternatives.joined(separator: ", "))")
            }
            let variables = try checkpoint.load()
            let model = try LoadedModel(
                variables: variables, manifest: checkpoint.manifest, form: checkpoint.form.rawValue,
                memory: memory, warnings: warnings, path: path)
            ProcessMemory.trim()
            return (model, variables)
        }
    }

    /// A random network of the published size, whose answers are meaningless.
    public static func untrained(memory: MemoryUse = .fast) async throws -> LoadedModel {
        try await DedicatedThread.run(name: "model", onCancel: {}) {
            let model = try LoadedModel(
                variables: try UntrainedNetwork.variables(width: 1, classCount: 400, seed: 1),
                manifest: ModelManifest(name: "untrained", classCount: 400, inputChannels: 3), form: "untrained",
                memory: memory, warnings: [], path: nil)
            ProcessMemory.trim()
            return model
        }
    }

    private init(
        variables: ModelVariables, manifest: ModelManifest, form: String, memory: MemoryUse, warnings: [String],
        path: String?
    ) throws(ModelError) {
        network = try I3DModel(variables: variables, manifest: manifest, memory: memory)
        description = ModelDescription(
            name: manifest.name, form: form, sha256: variables.contentHash, classes: manifest.classCount)
        self.warnings = warnings
        self.path = path
    }

    /// Reads the network's variables again, because the network keeps them only in the form that it computes with.
    /// Blocks.
    ///
    /// - Throws: `ModelError` if they cannot be read or have changed.
    func variables() throws(ModelError) -> ModelVariables {
        guard let path else { throw ModelError(.invalidRequest, "a random network has no checkpoint") }
        let variables = try ModelCatalogue().open(path, labelFile: nil).load()
        guard variables.contentHash == description.sha256 else {
            throw ModelError(.invalidRequest, "has changed since the network was made of it", file: path)
        }
        return variables
    }
}

/// The description of a network in results and sidecars.
public struct ModelDescription: Sendable, Codable, Equatable {
    public var name: String
    /// The checkpoint's file form.
    public var form: String
    /// The checkpoint's SHA-256; `docs/models.md` defines over which bytes.
    public var sha256: String
    public var classes: Int

    public init(name: String, form: String, sha256: String, classes: Int) {
        self.name = name
        self.form = form
        self.sha256 = sha256
        self.classes = classes
    }
}
