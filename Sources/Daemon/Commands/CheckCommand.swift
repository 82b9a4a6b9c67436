import ArgumentParser

/// `saliencyd check`: validates a configuration and prints the settings in effect.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration and print the settings in effect, with the environment and defaults.",
        discussion: "Exit status: 0 if the configuration is valid, 78 if not.")

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Print errors only.")
    var quiet = false

    func run() async throws {
        let loaded = try await configuration.loader.loadWithWarnings()
        for warning in loaded.warnings { StandardError.write("warning: \(warning)\n") }
        if !quiet { print(loaded.settings.text, terminator: "") }
    }
}
