import Concurrency
import Files
import FoundationEssentials
import Pipeline

/// Reads a configuration: the file, overridden by the environment (`SALIENCYD_HTTP_PORT`), overridden by `--set
/// http.port=9000`.
package struct SettingsLoader: Sendable {
    /// The settings, with warnings about the configuration that they come from.
    package struct Loaded: Sendable {
        package var settings: Settings
        package var warnings: [SettingsWarning]
    }

    /// The configuration file.
    package var file: String
    /// `KEY=VALUE`, as on the command line.
    var overrides: [String] = []
    package var environment: [String: String] = ProcessInfo.processInfo.environment

    package init(
        file: String, overrides: [String] = [], environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.file = file
        self.overrides = overrides
        self.environment = environment
    }

    /// The maximum size of the file in bytes.
    private static let largestFile = 1 << 20

    /// - Parameter needsWork: whether settings that mention neither folders nor cameras are an error.
    /// - Throws: `SettingsError`.
    package func load(needsWork: Bool = true) async throws -> Settings {
        try await loadWithWarnings(needsWork: needsWork).settings
    }

    /// Does the same as `load`, and also returns the warnings.
    package func loadWithWarnings(needsWork: Bool = true) async throws -> Loaded {
        let tree = try tree()
        // Decoding accesses folders, which can block if a file server does not respond.
        let settings = try await DedicatedThread.run(name: "settings", onCancel: {}) {
            try Settings(SettingsReader(tree), needsWork: needsWork)
        }
        return Loaded(settings: settings, warnings: tree.warnings)
    }

    private func tree() throws(SettingsError) -> ConfigTree {
        var tree = try ConfigTree(yaml: try text(), origin: file)
        for (name, text) in environment where name.hasPrefix(ConfigTree.prefix) {
            let key = String(name.dropFirst(ConfigTree.prefix.count))
            tree.variables[key] = ConfigTree.Variable(name: name, text: text)
        }
        for option in overrides {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw SettingsError(origin: "--set", reason: "takes KEY=VALUE, such as http.port=9000, not \(option)")
            }
            tree.options.append((String(parts[0]), String(parts[1])))
        }
        tree.adoptOldForms()
        return tree
    }

    private func text() throws(SettingsError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try ReadableFile(file).contents(limit: Self.largestFile)
        } catch {
            throw SettingsError(origin: file, reason: error.reason)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(origin: file, reason: "is not UTF-8")
        }
        return text
    }
}
