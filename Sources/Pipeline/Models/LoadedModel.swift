import Concurrency
import Engine
import Files

/// A network ready to be used by any number of jobs, and where it came from.
public struct LoadedModel: Sendable {
    public let network: I3DModel
    public let description: ModelDescription
    /// Sentences about the checkpoint that did not stop it.
    public let warnings: [String]
    /// Of its checkpoint; nil for a random network.
    private let path: String?

    public var manifest: ModelManifest { network.manifest }

    /// Reads a checkpoint on a thread of its own.
    ///
    /// - Parameters:
    ///   - path: any form that `Checkpoint` knows, or the name of an installed model.
    ///   - labels: a label file that replaces the checkpoint's labels.
    ///   - memory: how it and its sessions trade memory for speed.
    /// - Throws: `ModelError`.
    public static func load(
        path: String, labels: String? = nil, memory: MemoryUse = .fast
    ) async throws -> LoadedModel {
        try await loadWithVariables(path: path, labels: labels, memory: memory).model
    }

    /// The same, and the variables that the network was made of, for checks that randomise them.
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

    /// The variables that the network was made of, read once more: it keeps only what it computes with. Blocks.
    ///
    /// - Throws: `ModelError` if they cannot be read, or are others by now.
    func variables() throws(ModelError) -> ModelVariables {
        guard let path else { throw ModelError(.invalidRequest, "a random network has no checkpoint") }
        let variables = try ModelCatalogue().open(path, labelFile: nil).load()
        guard variables.contentHash == description.sha256 else {
            throw ModelError(.invalidRequest, "has changed since the network was made of it", file: path)
        }
        return variables
    }
}

/// Which network answered, as results and sidecars state it.
public struct ModelDescription: Sendable, Codable, Equatable {
    public var name: String
    /// The checkpoint's file form.
    public var form: String
    /// Of the checkpoint; `docs/models.md` says over which bytes.
    public var sha256: String
    public var classes: Int

    public init(name: String, form: String, sha256: String, classes: Int) {
        self.name = name
        self.form = form
        self.sha256 = sha256
        self.classes = classes
    }
}
