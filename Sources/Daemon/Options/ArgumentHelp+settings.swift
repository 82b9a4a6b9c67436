import ArgumentParser
import DaemonConfiguration
import Engine

extension ArgumentHelp {
    /// The help of a method's setting, from the table of settings.
    static func of(_ setting: MethodSetting) -> ArgumentHelp {
        ArgumentHelp(setting.help, valueName: setting.valueName)
    }

    /// The help of a camera's setting, from the table, by its key.
    static func camera(_ key: String) -> ArgumentHelp { of(key, in: CameraSettings.table) }

    /// The help of an annotation setting, from the table, by its key.
    static func annotation(_ key: String) -> ArgumentHelp { of(key, in: AnnotationSettings.tableOfFiles) }

    /// A test compares the options with the tables, so every key exists.
    private static func of<Root>(_ key: String, in table: [Setting<Root>]) -> ArgumentHelp {
        let setting = table.first { $0.key == key }
        return ArgumentHelp(setting?.fullHelp ?? "", valueName: setting?.valueName)
    }
}

extension Setting {
    /// The purpose of the setting and its allowed numbers.
    var fullHelp: String? {
        help.map { help in bounds.map { "\(help.dropLast(help.hasSuffix(".") ? 1 : 0)); \($0)." } ?? help }
    }
}

extension RequestProblems {
    /// Checks the values of options with the table of settings.
    mutating func hold<Root>(_ settings: Root, to table: [Setting<Root>]) {
        for (key, reason) in table.problems(of: settings) { demand(false, "--\(key) \(reason)") }
    }
}
