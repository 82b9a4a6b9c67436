import Engine
import FoundationEssentials

/// The models that are available by name for `--model`.
public struct ModelCatalogue: Sendable {
    /// The folder of installed models, each in a folder of its name; nil if the environment does not define it.
    public let folder: String?
    /// The base of relative paths; nil for the process's working folder.
    private let workingFolder: String?

    /// - Parameters:
    ///   - folder: the folder of installed models.
    ///   - workingFolder: the base of relative paths; nil for the process's working folder.
    public init(folder: String?, workingFolder: String? = nil) {
        self.folder = folder
        self.workingFolder = workingFolder
    }

    /// The catalogue in the folder that the environment defines: systemd's state directory for a service, otherwise the
    /// user's data folder (XDG Base Directory Specification, version 0.8).
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func path(_ variable: String) -> String? {
            // systemd separates several state directories by colons; XDG requires relative paths to be ignored.
            environment[variable]?.split(separator: ":").first.map(String.init).flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        workingFolder = nil
        if let state = path("STATE_DIRECTORY") {
            folder = state + "/models"
        } else if let data = path("XDG_DATA_HOME") {
            folder = data + "/saliencyd/models"
        } else {
            folder = path("HOME").map { $0 + "/.local/share/saliencyd/models" }
        }
    }

    /// Opens the checkpoint that a user names: an existing path, or the name of an installed or built-in model.
    ///
    /// - Throws: `ModelError` that suggests a similar name, or states how to get the model.
    public func open(_ name: String, labelFile: String? = nil) throws(ModelError) -> Checkpoint {
        try Checkpoint.open(path(of: name), labelFile: labelFile)
    }

    /// Inspects the checkpoint that a user names.
    public func inspect(_ name: String, labelFile: String? = nil) throws(ModelError) -> ModelInspection {
        try ModelInspection(path(of: name), labelFile: labelFile)
    }

    /// The published network that is used, if it is installed, unless another one is named.
    public static let publishedStandard = "kinetics-rgb"

    /// The network that is used unless another one is named: the published one if it is installed, otherwise the built-in
    /// one, which recognises motion only.
    public var standardModel: String {
        installedPath(of: Self.publishedStandard) == nil ? BuiltInModel.motion.rawValue : Self.publishedStandard
    }

    /// All models that are available by name: the built-in ones, then the installed ones in order of their names.
    public func models() -> [InstalledModel] {
        BuiltInModel.allCases.map(InstalledModel.init) + installed()
    }

    /// All installed models, in order of their names.
    func installed() -> [InstalledModel] {
        guard let folder else { return [] }
        return names.map { InstalledModel(name: $0, path: "\(folder)/\($0)") }
    }

    /// The path of the installed model of this name, if there is one. Names that begin with a dot, including `.` and
    /// `..`, are not names of models.
    func installedPath(of name: String) -> String? {
        guard let folder, !name.contains("/"), !name.hasPrefix("."), !name.isEmpty else { return nil }
        let path = "\(folder)/\(name)"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// The path of the model called `name`, which may itself be a path; an existing path takes precedence over a name.
    private func path(of name: String) throws(ModelError) -> String {
        let manager = FileManager.default
        let path = workingFolder.map { name.hasPrefix("/") ? name : "\($0)/\(name)" } ?? name
        let isFolder = name == "." || name == ".."
        if name.contains("/") || isFolder || manager.fileExists(atPath: path)
            || manager.fileExists(atPath: path + ".index")
        {
            return path
        }
        if let path = installedPath(of: name) { return path }
        let builtIn = BuiltInModel.allCases.map(\.rawValue)
        if builtIn.contains(name) { return name }
        let published = PublishedModel.all.map(\.name)
        if published.contains(name) {
            let way = name == "kinetics-rgb" ? "get it with make kinetics, or with" : "fetch it with"
            throw ModelError(.cannotOpen, "is not installed; \(way): saliencyd model fetch \(name)", file: name)
        }
        let near = NearMisses.of(name, in: Set(names + published + builtIn).sorted())
        guard let nearest = near.first else { return path }
        throw ModelError(
            .cannotOpen, "no such file, folder, checkpoint prefix or model; did you mean \(nearest)?", file: name)
    }

    /// The names of installed models; names with a leading dot are models being fetched.
    private var names: [String] {
        let entries = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
        return entries.filter { !$0.hasPrefix(".") }.sorted()
    }
}
