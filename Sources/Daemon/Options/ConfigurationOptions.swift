import ArgumentParser
import DaemonConfiguration

/// Which configuration, and what goes before it.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The configuration.", valueName: "file"))
    var config = "/etc/saliencyd/saliencyd.yaml"

    @Option(help: ArgumentHelp("Replaces one setting; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    var loader: SettingsLoader { SettingsLoader(file: config, overrides: set) }
}
