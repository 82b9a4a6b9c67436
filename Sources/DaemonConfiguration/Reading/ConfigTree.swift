/// A configuration as text, before anything is known of its meaning: the values of a YAML file by dotted key
/// (`folders.inbox.settle`), over them the environment, over that what the command line sets.
package struct ConfigTree: Sendable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case list([String])
        /// A map without keys, `{}`.
        case emptySection

        /// As a variable of the environment has it.
        package var text: String {
            switch self {
            case .text(let text): text
            case .list(let items): items.joined(separator: ",")
            case .emptySection: ""
            }
        }
    }

    /// Where a value comes from.
    package enum Origin: Sendable, Equatable {
        /// The line counts from 1; nil where values have none.
        case file(line: Int?)
        /// A variable of the environment, by its whole name.
        case variable(String)
        /// `--set`.
        case option
    }

    package struct Entry: Sendable, Equatable {
        package var key: String
        package var value: Value
        /// Counted from 1.
        package var line: Int?
    }

    package struct Variable: Sendable, Equatable {
        /// The whole name, for messages.
        package var name: String
        package var text: String
    }

    /// What the names of all variables begin with.
    package static let prefix = "SALIENCYD_"

    /// The file's name, for errors.
    package let origin: String
    /// What the file has, in its order; each key once.
    package private(set) var entries: [Entry] = []
    /// The places in `entries`, by key.
    private var places: [String: Int] = [:]
    /// Where sections that have keys are named, by the section's key.
    var sections: [String: Origin] = [:]
    /// By names without their prefix.
    package var variables: [String: Variable] = [:]
    /// From the command line, in its order; of equal keys the last counts.
    package var options: [(key: String, text: String)] = []
    /// Names of sections that an old form listed, in its order, by the section above them.
    var listedNames: [String: [String]] = [:]
    package var warnings: [SettingsWarning] = []

    package init(origin: String) {
        self.origin = origin
    }

    /// Adds a value of the file; of equal keys the last counts.
    package mutating func add(_ entry: Entry) {
        if let place = places[entry.key] {
            entries[place] = entry
        } else {
            places[entry.key] = entries.count
            entries.append(entry)
        }
    }

    mutating func removeEntry(_ key: String) {
        guard places[key] != nil else { return }
        entries.removeAll { $0.key == key }
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
    }

    /// Gives entries the keys that `newKey` names, where nothing has these; nil leaves an entry as it is.
    ///
    /// - Returns: the entries as they were.
    mutating func renameEntries(_ newKey: (String) -> String?) -> [Entry] {
        var renamed: [Entry] = []
        for place in entries.indices {
            let entry = entries[place]
            guard let key = newKey(entry.key), places[key] == nil else { continue }
            renamed.append(entry)
            entries[place].key = key
            places[entry.key] = nil
            places[key] = place
        }
        return renamed
    }
}

extension ConfigTree {
    /// The value that counts, and where it is from; nil where there is none.
    package func value(_ key: String) -> (value: Value, origin: Origin)? {
        if let option = options.last(where: { $0.key == key }) { return (.text(option.text), .option) }
        if let variable = variables[Self.variable(for: key)] {
            return (.text(variable.text), .variable(variable.name))
        }
        return places[key].map { (entries[$0].value, .file(line: entries[$0].line)) }
    }

    /// Where a value or a section is from; nil where nothing is said of it.
    package func origin(of key: String) -> Origin? {
        if let found = value(key) { return found.origin }
        return sections[key] ?? (options.contains { $0.key.hasPrefix("\(key).") } ? .option : nil)
    }

    /// The names of the sections below `parent`: those of the file in its order, then those that only the command line names.
    package func names(below parent: String) -> [String] {
        let start = "\(parent)."
        var (names, seen) = ([String](), Set<String>())
        let keys = entries.lazy.map(\.key) + options.lazy.map(\.key)
        let all =
            (listedNames[parent] ?? []) + keys.filter { $0.hasPrefix(start) }.map { Self.name(in: $0, after: start) }
        for name in all where seen.insert(name).inserted { names.append(name) }
        return names
    }

    /// The part of a key behind `start`, up to the next dot.
    package static func name(in key: String, after start: String) -> String {
        String(key.dropFirst(start.count).prefix { $0 != "." })
    }

    /// The variable of a key, without the prefix: `folders.my-inbox.settle` is `FOLDERS_MY_INBOX_SETTLE`.
    package static func variable(for key: String) -> String {
        String(key.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    /// The list that a variable or an option has, without blanks around its items.
    static func items(of text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            let rest = item.drop(while: \.isWhitespace)
            return String(rest.prefix(rest.count - rest.reversed().prefix(while: \.isWhitespace).count))
        }
    }
}
