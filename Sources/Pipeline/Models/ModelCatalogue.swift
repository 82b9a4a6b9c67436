import Engine
import FoundationEssentials

/// The models that go by a name: what `--model` takes beside paths.
public struct ModelCatalogue: Sendable {
    /// Where models are installed, each in a folder of its name; nil if the environment names no place.
    public let folder: String?
    /// Where relative paths begin; nil for the process's own working folder.
    private let workingFolder: String?

    /// - Parameters:
    ///   - folder: where models are installed.
    ///   - workingFolder: where relative paths begin; nil for the process's own working folder.
    public init(folder: String?, workingFolder: String? = nil) {
        self.folder = folder
        self.workingFolder = workingFolder
    }

    /// The place that the environment names: systemd's state directory for a service, else the user's data folder
    /// (XDG Base Directory Specification, version 0.8).
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func path(_ variable: String) -> String? {
            // systemd separates several state directories by colons; relative paths are to be ignored, says XDG.
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

    /// Opens the checkpoint that a user named: a path that exists, an installed or a built-in model's name.
    ///
    /// - Throws: `ModelError` that says what the name is near to, or how to get the model.
    public func open(_ name: String, labelFile: String? = nil) throws(ModelError) -> Checkpoint {
        try Checkpoint.open(path(of: name), labelFile: labelFile)
    }

    /// Looks into the checkpoint that a user named.
    public func inspect(_ name: String, labelFile: String? = nil) throws(ModelError) -> ModelInspection {
        try ModelInspection(path(of: name), labelFile: labelFile)
    }

    /// Every model that goes by a name: those of the executable, then the installed ones in the order of their names.
    public func models() -> [InstalledModel] {
        BuiltInModel.allCases.map(InstalledModel.init) + installed()
    }

    /// Every installed model, in the order of their names.
    func installed() -> [InstalledModel] {
        guard let folder else { return [] }
        return names.map { InstalledModel(name: $0, path: "\(folder)/\($0)") }
    }

    /// The installed model of that name, if there is one. `.` and `..` are folders and no names, as is all that begins with a
    /// dot.
    func installedPath(of name: String) -> String? {
        guard let folder, !name.contains("/"), !name.hasPrefix("."), !name.isEmpty else { return nil }
        let path = "\(folder)/\(name)"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// The path that `name` stands for; a path stands for itself, and one that exists wins over a name.
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
            throw ModelError(.cannotOpen, "is not installed; fetch it with: saliencyd model fetch \(name)", file: name)
        }
        let near = NearMisses.of(name, in: Set(names + published + builtIn).sorted())
        guard let nearest = near.first else { return path }
        throw ModelError(
            .cannotOpen, "no such file, folder, checkpoint prefix or model; did you mean \(nearest)?", file: name)
    }

    /// Names of what is installed; what begins with a dot is being fetched.
    private var names: [String] {
        let entries = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
        return entries.filter { !$0.hasPrefix(".") }.sorted()
    }
}
