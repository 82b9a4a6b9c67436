import ArgumentParser
import DaemonConfiguration
import Engine

extension ArgumentHelp {
    /// What the table of methods' settings says of one.
    static func of(_ setting: MethodSetting) -> ArgumentHelp {
        ArgumentHelp(setting.help, valueName: setting.valueName)
    }

    /// What the table of a camera's settings says of one, by its key.
    static func camera(_ key: String) -> ArgumentHelp { of(key, in: CameraSettings.table) }

    /// What the table of settings of whatever is annotated says of one, by its key.
    static func annotation(_ key: String) -> ArgumentHelp { of(key, in: AnnotationSettings.tableOfFiles) }

    /// A test holds the options to the tables, so that every key is there.
    private static func of<Root>(_ key: String, in table: [Setting<Root>]) -> ArgumentHelp {
        let setting = table.first { $0.key == key }
        return ArgumentHelp(setting?.fullHelp ?? "", valueName: setting?.valueName)
    }
}

extension Setting {
    /// What it does, and which numbers it may be.
    var fullHelp: String? {
        help.map { help in bounds.map { "\(help.dropLast(help.hasSuffix(".") ? 1 : 0)); \($0)." } ?? help }
    }
}

extension RequestProblems {
    /// Holds what options set to the table of settings.
    mutating func hold<Root>(_ settings: Root, to table: [Setting<Root>]) {
        for (key, reason) in table.problems(of: settings) { demand(false, "--\(key) \(reason)") }
    }
}
