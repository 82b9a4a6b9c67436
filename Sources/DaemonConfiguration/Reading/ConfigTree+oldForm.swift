/// Reads the form that configurations had before sections were maps: a list of names (`watches: [inbox]`), and the
/// settings of each name in a section beside the list (`watch: {inbox: {folder: /path}}`). Only this version still
/// reads it, with a warning.
extension ConfigTree {
    mutating func adoptOldForms() {
        adoptOldForm(list: "watches", section: "watch", as: "folders", example: DropFolderSettings.example)
        adoptOldForm(list: "cameras", section: "camera", as: "cameras", example: CameraSettings.example)
        adoptOldForm(
            list: "http.tokens", section: "http.token", as: "http.tokens", example: "http: {\(TokenSettings.example)}")
        adoptOldName("record", as: "log-file", below: "cameras")
    }

    /// Renames a setting in each section below `parent` that has it.
    private mutating func adoptOldName(_ old: String, as new: String, below parent: String) {
        func newKey(_ key: String) -> String? {
            let names = key.split(separator: ".")
            return names.count == 3 && names[0] == parent && names[2] == old ? "\(parent).\(names[1]).\(new)" : nil
        }
        for entry in renameEntries(newKey) {
            let key = newKey(entry.key) ?? entry.key
            warn(.file(line: entry.line), "\(entry.key) is now \(key); the next version will not read the old key")
        }
        renameOptions(newKey)
        for name in names(below: parent) { renameVariable("\(parent).\(name).\(old)", to: "\(parent).\(name).\(new)") }
    }

    /// Moves the settings in `section` that belong to the names in `list`, or to names that are already below `new`, to
    /// below `new`. Settings that are already there are kept. Settings of other names stay where they are, and are
    /// reported as unknown keys.
    mutating func adoptOldForm(list: String, section: String, as new: String, example: String) {
        let listed = oldNames(list)
        let isMap = entries.contains { $0.key.hasPrefix("\(new).") }
        let names = Set((listed?.names ?? []) + self.names(below: new))
        if let listed, list == new, !listed.names.isEmpty, isMap || !isSaid(of: names, below: section) {
            // This is a list where a map is required; it does not indicate the old form.
            return
        }
        var lines: [Int] = []
        if let listed {
            removeAll(list)
            if case .file(let line) = listed.origin {
                if let line { lines.append(line) }
                if listed.names.isEmpty, !isMap { add(Entry(key: new, value: .emptySection, line: line)) }
            } else {
                warn(listed.origin, Self.advice(list, section, example))
            }
        }
        func newKey(_ key: String) -> String? {
            guard key.hasPrefix("\(section).") else { return nil }
            return names.contains(Self.name(in: key, after: "\(section)."))
                ? "\(new).\(key.dropFirst(section.count + 1))" : nil
        }
        lines += renameEntries(newKey).compactMap(\.line)
        if let line = lines.min() { warn(.file(line: line), Self.advice(list, section, example)) }
        for (key, origin) in sections {
            guard let moved = newKey(key), sections[moved] == nil else { continue }
            sections[key] = nil
            sections[moved] = origin
        }
        renameOptions(newKey)
        for name in names.sorted() { renameVariables("\(section).\(name)", to: "\(new).\(name)") }
        guard let listed else { return }
        listedNames[new] = listed.names
        if !listed.names.isEmpty, sections[new] == nil { sections[new] = listed.origin }
        for name in listed.names where origin(of: "\(new).\(name)") == nil {
            sections["\(new).\(name)"] = listed.origin
        }
    }

    private static func advice(_ list: String, _ section: String, _ example: String) -> String {
        "\(list) and \(section) are now one map: write `\(example)`; the next version will not read the old form"
    }

    /// The names in a list of the old form; nil if there is no such list.
    private func oldNames(_ list: String) -> (names: [String], origin: Origin)? {
        guard let found = value(list) else { return nil }
        switch (found.value, found.origin) {
        case (.list(let names), _): return (names, found.origin)
        case (.text, .file), (.emptySection, _): return nil
        case (.text(let text), _): return (Self.items(of: text), found.origin)
        }
    }

    /// Whether `section` has a setting for any of `names`.
    private func isSaid(of names: Set<String>, below section: String) -> Bool {
        let keys = entries.lazy.map(\.key) + options.lazy.map(\.key)
        let start = "\(section)."
        if keys.contains(where: { $0.hasPrefix(start) && names.contains(Self.name(in: $0, after: start)) }) {
            return true
        }
        return !variables.isEmpty
            && names.contains { name in
                let start = Self.variable(for: "\(section).\(name).")
                return variables.keys.contains { $0.hasPrefix(start) }
            }
    }

    private mutating func removeAll(_ key: String) {
        removeEntry(key)
        options.removeAll { $0.key == key }
        variables[Self.variable(for: key)] = nil
    }

    private mutating func renameOptions(_ newKey: (String) -> String?) {
        for index in options.indices {
            let old = options[index].key
            guard let key = newKey(old), !options.contains(where: { $0.key == key }) else { continue }
            // Of equal keys the last one applies, so all of them are renamed.
            for same in options.indices where options[same].key == old { options[same].key = key }
            warn(.option, "\(old) is now \(key); the next version will not read the old key")
        }
    }

    private mutating func renameVariables(_ old: String, to new: String) {
        let (start, newStart) = (Self.variable(for: "\(old)."), Self.variable(for: "\(new)."))
        for key in variables.keys.sorted() where key.hasPrefix(start) {
            moveVariable(key, to: newStart + key.dropFirst(start.count))
        }
    }

    private mutating func renameVariable(_ old: String, to new: String) {
        moveVariable(Self.variable(for: old), to: Self.variable(for: new))
    }

    private mutating func moveVariable(_ name: String, to newName: String) {
        guard let variable = variables[name], variables[newName] == nil else { return }
        variables[name] = nil
        variables[newName] = variable
        warn(
            .variable(variable.name), "is now $\(Self.prefix)\(newName); the next version will not read the old name")
    }

    private mutating func warn(_ origin: Origin, _ text: String) {
        switch origin {
        case .file(let line): warnings.append(SettingsWarning(origin: self.origin, line: line, text: text))
        case .variable(let name): warnings.append(SettingsWarning(origin: "$\(name)", text: text))
        case .option: warnings.append(SettingsWarning(origin: "--set", text: text))
        }
    }
}
