import Engine

/// Reads typed values from the configuration and checks each of them.
///
/// Everything is read as text and converted here, so that the rules are in one place. A value that is not allowed is
/// recorded as an error and counts as absent, so that all problems are found at once. The reader also records which
/// keys exist, in order to find unknown ones.
package struct SettingsReader {
    let tree: ConfigTree
    package private(set) var known: Set<String> = []
    package private(set) var problems: [SettingsError] = []
    /// Prefixes of keys that were not read because of a problem, and so are not reported as unknown.
    private(set) var unread: [String] = []

    /// The maximum number of problems; reading ends when it is reached.
    static let maximumProblems = 50

    package init(_ tree: ConfigTree) {
        self.tree = tree
    }

    /// The error for a section, or for a value of `key`, that is not allowed.
    func wrong(_ key: String, _ reason: String) -> SettingsError {
        switch tree.origin(of: key) {
        case .option: SettingsError(origin: "--set", key: key, reason: reason)
        case .variable(let name): SettingsError(origin: "$\(name)", key: key, reason: reason)
        case .file(let line): SettingsError(origin: tree.origin, line: line, key: key, reason: reason)
        case nil: SettingsError(origin: tree.origin, key: key, reason: reason)
        }
    }

    /// Records an error unless it has been recorded before.
    ///
    /// - Throws: all problems, if there are too many to continue.
    package mutating func note(_ error: SettingsError) throws(SettingsError) {
        if !problems.contains(error) { problems.append(error) }
        if problems.count >= Self.maximumProblems { try finish() }
    }

    /// Records that a value of `key` is not allowed.
    ///
    /// - Throws: the same as `note`. The functions that read values throw nothing else.
    package mutating func refuse(_ key: String, _ reason: String) throws(SettingsError) {
        try note(wrong(key, reason))
    }

    /// Returns the result of `body`; if it throws, records the error and returns nil.
    package mutating func attempt<Value>(
        _ body: (inout Self) throws(SettingsError) -> Value
    ) throws(SettingsError) -> Value? {
        do throws(SettingsError) {
            return try body(&self)
        } catch {
            guard error.others.isEmpty else { throw error }
            try note(error)
            return nil
        }
    }

    /// Reads the named sections below `parent`: calls `read` with each name to read that section's settings.
    ///
    /// - Parameter example: an example of a map of these sections.
    mutating func sections<Value>(
        _ parent: String, example: String, _ read: (String, inout Self) throws(SettingsError) -> Value
    ) throws(SettingsError) -> [Value] {
        known.insert(parent)
        if let value = tree.value(parent)?.value, value != .emptySection {
            try refuse(parent, "has to be a map of names with settings, such as `\(example)`")
            unread.append("\(parent).")
            return []
        }
        var sections: [Value] = []
        for name in tree.names(below: parent) {
            let key = "\(parent).\(name)"
            known.insert(key)
            let section = try attempt { reader throws(SettingsError) in
                guard SectionName.isRight(name) else { throw reader.wrong(key, "\(SectionName.rule), not \(name)") }
                if let value = reader.tree.value(key)?.value, value != .emptySection {
                    throw reader.wrong(key, "has to be a map of settings, such as `\(example)`")
                }
                return try read(name, &reader)
            }
            if let section {
                sections.append(section)
            } else {
                unread.append("\(key).")
            }
        }
        return sections
    }

    /// The error for a section without a valid value for the required `key`: the error of that value, if it has one.
    package func missing(_ key: String, in section: String) -> SettingsError {
        problems.first { $0.key == key } ?? wrong(section, "needs \(key)")
    }

    /// Whether the value of `key` has no error.
    package func isRight(_ key: String) -> Bool {
        !problems.contains { $0.key == key }
    }

    /// Whether `parent` or a value below it has an error.
    func hasProblem(below parent: String) -> Bool {
        problems.contains { $0.key?.hasPrefix("\(parent).") == true || $0.key == parent }
    }

    /// - Throws: all recorded errors.
    package func finish() throws(SettingsError) {
        if let error = SettingsError(all: problems) { throw error }
    }

    package mutating func text(_ key: String) throws(SettingsError) -> String? {
        known.insert(key)
        guard let found = tree.value(key) else { return nil }
        guard case .text(let value) = found.value else {
            try refuse(key, "has to be one value, not a \(found.value == .emptySection ? "map" : "list")")
            return nil
        }
        guard !value.isEmpty else {
            try refuse(key, "has no value")
            return nil
        }
        guard !value.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            try refuse(key, "contains control characters")
            return nil
        }
        return value
    }

    package mutating func list(_ key: String) throws(SettingsError) -> [String] {
        known.insert(key)
        switch tree.value(key) {
        case (.list(let items), _)?: return items
        case (.text(let text), .variable)?, (.text(let text), .option)?: return ConfigTree.items(of: text)
        case .some:
            try refuse(key, "has to be a list, such as [a, b]")
            return []
        case nil: return []
        }
    }

    /// Reads patterns for names.
    mutating func patterns(_ key: String) throws(SettingsError) -> [String] {
        let patterns = try list(key)
        for pattern in patterns {
            guard !pattern.isEmpty, pattern.utf8.count <= 1024, !pattern.hasPrefix("/"), !pattern.hasSuffix("/") else {
                try refuse(key, "has to be patterns such as *.mp4, of names below the folder, not \(pattern)")
                return []
            }
        }
        return patterns
    }

    /// Whether a key is set, from any origin.
    func isSaid(_ key: String) -> Bool { tree.origin(of: key) != nil }

    /// Whether the file has a single value for a key, and nothing overrides it.
    func isPlainValue(_ key: String) -> Bool {
        if case (.text, .file)? = tree.value(key) { true } else { false }
    }

    package mutating func path(_ key: String) throws(SettingsError) -> String? {
        guard let path = try text(key) else { return nil }
        guard path.hasPrefix("/") else {
            try refuse(key, "has to be a whole path that begins with /, not \(path)")
            return nil
        }
        guard path.utf8.count < 4096 else {
            try refuse(key, "is longer than a path can be")
            return nil
        }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Reads a value of a form.
    ///
    /// - Parameter word: the word that is allowed instead of a value, for the message.
    package mutating func value<Value>(
        _ key: String, _ form: SettingForm<Value>, or word: String? = nil
    ) throws(SettingsError) -> Value? {
        guard let text = try text(key) else { return nil }
        guard let value = form.value(text), form.isAllowed(value) else {
            try refuse(key, form.refusal(text, or: word))
            return nil
        }
        return value
    }

    /// Reads the values of a list and drops repeated ones.
    package mutating func values<Value>(_ key: String, _ form: SettingForm<Value>) throws(SettingsError) -> [Value] {
        var found: [Value] = []
        for text in try list(key) {
            guard let value = form.value(text), form.isAllowed(value) else {
                try refuse(key, form.refusal(text))
                continue
            }
            if !found.contains(value) { found.append(value) }
        }
        return found
    }
}
