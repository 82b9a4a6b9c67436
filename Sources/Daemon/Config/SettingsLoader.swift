import Configuration
import Files
import Foundation
import Pipeline
import SystemPackage

/// Reads a configuration: the file, over it the environment (`SALIENCYD_HTTP_PORT`), over that `--set http.port=9000`.
struct SettingsLoader: Sendable {
    /// The configuration file.
    var file: String
    /// `KEY=VALUE` as given on the command line.
    var overrides: [String] = []
    var environment: [String: String] = ProcessInfo.processInfo.environment

    static let prefix = "SALIENCYD_"
    /// Bytes.
    private static let largestFile = 1 << 20

    /// - Throws: `SettingsError`.
    ///
    /// - Parameter needsWork: whether settings that say nothing of watches and cameras are a mistake.
    func load(needsWork: Bool = true) async throws -> Settings {
        let lines = try KeyLines(yaml: try text(), origin: file)
        let given = try parsedOverrides()
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(
                environmentVariables: Dictionary(
                    given.map { (Self.variable(for: $0.key), $0.value) }, uniquingKeysWith: { $1 })),
            EnvironmentVariablesProvider(environmentVariables: ownEnvironment),
        ]
        if !lines.lines.isEmpty {
            do {
                providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
            } catch {
                throw SettingsError(origin: file, reason: "cannot be read as YAML: \(error)")
            }
        }
        let reader = SettingsReader(
            reader: ConfigReader(providers: providers), lines: lines, file: file, overridden: Set(given.map(\.key)),
            variables: Set(ownEnvironment.keys))
        // Folders are looked at, and file servers may not answer.
        return try await DedicatedThread.run(name: "settings", onCancel: {}) {
            try Settings(reader, needsWork: needsWork)
        }
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

    private func parsedOverrides() throws(SettingsError) -> [(key: String, value: String)] {
        var parsed: [(key: String, value: String)] = []
        for text in overrides {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw SettingsError(origin: "--set", reason: "takes KEY=VALUE, such as http.port=9000, not \(text)")
            }
            parsed.append((String(parts[0]), String(parts[1])))
        }
        return parsed
    }

    private var ownEnvironment: [String: String] {
        var own: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix(Self.prefix) {
            own[String(name.dropFirst(Self.prefix.count))] = value
        }
        return own
    }

    /// As the configuration library names variables: `watch.my-inbox.folder` is `WATCH_MY_INBOX_FOLDER`.
    static func variable(for key: String) -> String {
        String(key.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
