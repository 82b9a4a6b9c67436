import Engine
import Media

/// One setting of a section of the configuration: its key, its allowed values, and the property of `Root` that stores
/// it.
///
/// Each section has a table of settings, and its keys are declared nowhere else. The table is used to read files,
/// environment variables and `--set`, to write the output of `check` and the keys of jobs, and to give options of
/// commands their defaults, bounds and help; tests compare the documentation with it. The default of a setting is its
/// value in a new `Root`.
package struct Setting<Root: Sendable>: Sendable {
    package let key: String
    /// The minimum and the maximum, "0.1 to 60"; nil if the value is not a number.
    package var bounds: String?
    /// What help shows for the value: "seconds".
    package var valueName: String?
    /// The help of the option with this name; nil if no command has one.
    package var help: String?
    /// Reads the value below a section into `Root`; the reader collects errors.
    let read: @Sendable (_ section: String, inout SettingsReader, inout Root) throws(SettingsError) -> Void
    /// The value as it is written in the configuration; nil if there is none.
    package let value: @Sendable (Root) -> ConfigTree.Value?
    /// Whether the setting is not written although it has a value.
    var isOmitted: @Sendable (Root) -> Bool = { _ in false }
    /// The error in the value that `Root` has, as a clause whose subject is the setting; nil if the value is allowed.
    package var problem: @Sendable (Root) -> String? = { _ in nil }

    /// A setting with its own conversion.
    init(
        _ key: String, valueName: String? = nil, help: String? = nil,
        read: @escaping @Sendable (_ key: String, inout SettingsReader, inout Root) throws(SettingsError) -> Void,
        value: @escaping @Sendable (Root) -> ConfigTree.Value?
    ) {
        self.key = key
        self.valueName = valueName
        self.help = help
        self.read = { section, reader, root throws(SettingsError) in
            try read(section.isEmpty ? key : "\(section).\(key)", &reader, &root)
        }
        self.value = value
    }

    /// A setting that always has a value.
    init<Value>(
        _ key: String, _ form: SettingForm<Value>, at path: WritableKeyPath<Root, Value> & Sendable,
        valueName: String? = nil, help: String? = nil
    ) {
        self.init(key, valueName: valueName, help: help) { key, reader, root throws(SettingsError) in
            if let value = try reader.value(key, form) { root[keyPath: path] = value }
        } value: {
            .text(form.text($0[keyPath: path]))
        }
        bounds = form.bounds
        problem = { form.problem(with: $0[keyPath: path]) }
    }

    /// A setting that may have no value.
    ///
    /// - Parameter word: the word that means "no value" in the configuration.
    init<Value>(
        _ key: String, _ form: SettingForm<Value>, ifSet path: WritableKeyPath<Root, Value?> & Sendable,
        or word: String? = nil, valueName: String? = nil, help: String? = nil
    ) {
        self.init(key, valueName: valueName, help: help) { key, reader, root throws(SettingsError) in
            if let word, try reader.text(key) == word {
                root[keyPath: path] = nil
            } else if let value = try reader.value(key, form, or: word) {
                root[keyPath: path] = value
            }
        } value: {
            ($0[keyPath: path].map(form.text) ?? word).map { .text($0) }
        }
        bounds = form.bounds
        problem = { $0[keyPath: path].flatMap { form.problem(with: $0) } }
    }

    /// The same setting, written only if its value differs from that of `standard`.
    func unless(_ standard: @escaping @autoclosure @Sendable () -> Root) -> Self {
        var setting = self
        setting.isOmitted = { [value] in value($0) == value(standard()) }
        return setting
    }
}

extension Setting {
    /// Any text.
    static func text(
        _ key: String, ifSet path: WritableKeyPath<Root, String?> & Sendable, valueName: String? = nil,
        help: String? = nil
    ) -> Self {
        Self(key, valueName: valueName, help: help) { key, reader, root throws(SettingsError) in
            if let text = try reader.text(key) { root[keyPath: path] = text }
        } value: {
            $0[keyPath: path].map { .text($0) }
        }
    }

    static func text(
        _ key: String, at path: WritableKeyPath<Root, String> & Sendable, valueName: String? = nil, help: String? = nil
    ) -> Self {
        Self(key, valueName: valueName, help: help) { key, reader, root throws(SettingsError) in
            if let text = try reader.text(key) { root[keyPath: path] = text }
        } value: {
            .text($0[keyPath: path])
        }
    }

    /// An absolute path.
    static func path(
        _ key: String, ifSet path: WritableKeyPath<Root, String?> & Sendable, valueName: String? = nil,
        help: String? = nil
    ) -> Self {
        Self(key, valueName: valueName, help: help) { key, reader, root throws(SettingsError) in
            if let text = try reader.path(key) { root[keyPath: path] = text }
        } value: {
            $0[keyPath: path].map { .text($0) }
        }
    }

    static func path(_ key: String, at path: WritableKeyPath<Root, String> & Sendable) -> Self {
        Self(key) { key, reader, root throws(SettingsError) in
            if let text = try reader.path(key) { root[keyPath: path] = text }
        } value: {
            .text($0[keyPath: path])
        }
    }

    /// How a server must authenticate itself, and the key of the file with the authorities that are trusted instead of
    /// the system's.
    static func trust(
        _ key: String, authorities: String, at path: WritableKeyPath<Root, TLSTrust> & Sendable, help: String? = nil,
        authoritiesHelp: String? = nil
    ) -> [Self] {
        let trust = Self(key, valueName: "verify|any|fingerprint", help: help) {
            full, reader, root throws(SettingsError) in
            root[keyPath: path] = try reader.trust(full, authorities: full.dropLast(key.count) + authorities)
        } value: {
            .text($0[keyPath: path].text)
        }
        // This is read together with the other setting.
        let file = Self(authorities, valueName: "file", help: authoritiesHelp) { _, _, _ throws(SettingsError) in
        } value: {
            $0[keyPath: path].authorities.map { .text($0) }
        }
        return [trust, file]
    }

    /// Patterns for names.
    static func patterns(_ key: String, at path: WritableKeyPath<Root, [String]> & Sendable) -> Self {
        Self(key) { key, reader, root throws(SettingsError) in
            root[keyPath: path] = try reader.patterns(key)
        } value: {
            $0[keyPath: path].isEmpty ? nil : .list($0[keyPath: path])
        }
    }

    /// Times of the day.
    static func quietHours(_ key: String, ifSet path: WritableKeyPath<Root, QuietHours?> & Sendable) -> Self {
        Self(key) { key, reader, root throws(SettingsError) in
            root[keyPath: path] = try reader.quietHours(key)
        } value: {
            $0[keyPath: path].map { .text($0.text) }
        }
    }

    /// An HTTP address that events are posted to.
    static func webhook(_ key: String, ifSet path: WritableKeyPath<Root, SecretAddress?> & Sendable) -> Self {
        Self(key) { key, reader, root throws(SettingsError) in
            root[keyPath: path] = try reader.webhook(key)
        } value: {
            $0[keyPath: path].map { .text($0.redacted) }
        }
    }

    /// `any`, or a list of labels and numbers.
    static func classes(_ key: String, ifSet path: WritableKeyPath<Root, EventSettings.Classes?> & Sendable) -> Self {
        Self(key) { key, reader, root throws(SettingsError) in
            root[keyPath: path] = try reader.classes(key)
        } value: {
            switch $0[keyPath: path] {
            case .any: .text("any")
            case .named(let names): .list(names)
            case nil: nil
            }
        }
    }
}

extension SettingsReader {
    /// Reads all settings of a section.
    mutating func read<Root>(
        _ settings: [Setting<Root>], below section: String, into root: inout Root
    ) throws(SettingsError) {
        for setting in settings { try setting.read(section, &self, &root) }
    }
}

extension Array {
    /// The keys and values as they are written in the configuration.
    package func entries<Root>(of root: Root) -> [(key: String, value: ConfigTree.Value)]
    where Element == Setting<Root> {
        filter { !$0.isOmitted(root) }.compactMap { setting in setting.value(root).map { (setting.key, $0) } }
    }

    /// The errors in the values that `root` has, by the settings' keys.
    package func problems<Root>(of root: Root) -> [(key: String, reason: String)] where Element == Setting<Root> {
        compactMap { setting in setting.problem(root).map { (setting.key, $0) } }
    }
}
