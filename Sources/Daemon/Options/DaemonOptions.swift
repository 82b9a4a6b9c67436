import ArgumentParser
import DaemonConfiguration
import FoundationEssentials

/// Selects a running daemon.
struct DaemonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the daemon answers (default: as its configuration says).", valueName: "url"))
    var url: String?

    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: ArgumentHelp("A file with the daemon's token (default: the configuration's).", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Print the daemon's own answer.")
    var json = false

    func validate() throws {
        guard let url else { return }
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme), parts.host != nil else {
            throw ValidationError("--url is an address such as http://127.0.0.1:8787, not \(url)")
        }
    }

    /// - Throws: `SettingsError`, `CommandFailure`.
    func client() async throws -> DaemonClient {
        if let url, let base = URL(string: url) {
            return try DaemonClient(base: base, tokenFile: tokenFile)
        }
        let http = try await configuration.loader.load(needsWork: false).http
        guard http.isEnabled, http.port != 0 else {
            throw CommandFailure(
                .usage,
                "\(configuration.config) gives the daemon no fixed port to answer on; say where it does by --url")
        }
        let host = http.address.contains(":") ? "[\(http.address)]" : http.address
        guard let base = URL(string: "http://\(host):\(http.port)") else {
            throw CommandFailure(.usage, "\(http.address) is not an address")
        }
        let token = http.allTokens.first { $0.roles.contains(.control) } ?? http.allTokens.first
        return try DaemonClient(base: base, tokenFile: tokenFile ?? token?.file)
    }
}

/// Selects the configuration and the values that override it.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The configuration.", valueName: "file"))
    var config = "/etc/saliencyd/saliencyd.yaml"

    @Option(help: ArgumentHelp("Replaces one setting; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    var loader: SettingsLoader { SettingsLoader(file: config, overrides: set) }
}
