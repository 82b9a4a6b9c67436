/// A configuration as text, before it is interpreted: the values of a YAML file by dotted key (`folders.inbox.settle`),
/// overridden by the environment, which in turn is overridden by the command line.
package struct ConfigTree: Sendable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case list([String])
        /// A map without keys, `{}`.
        case emptySection

        /// The value as an environment variable would contain it.
        package var text: String {
            switch self {
            case .text(let text): text
            case .list(let items): items.joined(separator: ",")
            case .emptySection: ""
            }
        }
    }

    /// The origin of a value.
    package enum Origin: Sendable, Equatable {
        /// The line is counted from 1; it is nil for values without a line.
        case file(line: Int?)
        /// An environment variable, by its full name.
        case variable(String)
        /// `--set`.
        case option
    }

    package struct Entry: Sendable, Equatable {
        package var key: String
        package var value: Value
        /// The line in the file, counted from 1.
        package var line: Int?
    }

    package struct Variable: Sendable, Equatable {
        /// The full name, for messages.
        package var name: String
        package var text: String
    }

    /// The prefix of the names of all variables.
    package static let prefix = "SALIENCYD_"

    /// The file's name, for errors.
    package let origin: String
    /// The values from the file in their order there, each key once.
    package private(set) var entries: [Entry] = []
    /// The indices in `entries`, by key.
    private var places: [String: Int] = [:]
    /// The origins of the names of sections that have keys, by the section's key.
    var sections: [String: Origin] = [:]
    /// The variables by their names without the prefix.
    package var variables: [String: Variable] = [:]
    /// The options in the order of the command line; of equal keys the last one applies.
    package var options: [(key: String, text: String)] = []
    /// The names of sections that a list of the old form contained, in its order, by the parent section.
    var listedNames: [String: [String]] = [:]
    package var warnings: [SettingsWarning] = []

    package init(origin: String) {
        self.origin = origin
    }

    /// Adds a value from the file; of equal keys the last one applies.
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

    /// Renames the keys of entries to those that `newKey` returns, unless the new key is already in use. If `newKey`
    /// returns nil, the entry is unchanged.
    ///
    /// - Returns: the entries before the change.
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
    /// The value that applies, and its origin; nil if there is none.
    package func value(_ key: String) -> (value: Value, origin: Origin)? {
        if let option = options.last(where: { $0.key == key }) { return (.text(option.text), .option) }
        if let variable = variables[Self.variable(for: key)] {
            return (.text(variable.text), .variable(variable.name))
        }
        return places[key].map { (entries[$0].value, .file(line: entries[$0].line)) }
    }

    /// The origin of a value or a section; nil if it is not configured.
    package func origin(of key: String) -> Origin? {
        if let found = value(key) { return found.origin }
        return sections[key] ?? (options.contains { $0.key.hasPrefix("\(key).") } ? .option : nil)
    }

    /// The names of the sections below `parent`: those in the file in its order, then those that only the command line
    /// contains.
    package func names(below parent: String) -> [String] {
        let start = "\(parent)."
        var (names, seen) = ([String](), Set<String>())
        let keys = entries.lazy.map(\.key) + options.lazy.map(\.key)
        let all =
            (listedNames[parent] ?? []) + keys.filter { $0.hasPrefix(start) }.map { Self.name(in: $0, after: start) }
        for name in all where seen.insert(name).inserted { names.append(name) }
        return names
    }

    /// The part of a key after `start`, up to the next dot.
    package static func name(in key: String, after start: String) -> String {
        String(key.dropFirst(start.count).prefix { $0 != "." })
    }

    /// The variable for a key, without the prefix: `FOLDERS_MY_INBOX_SETTLE` for `folders.my-inbox.settle`.
    package static func variable(for key: String) -> String {
        String(key.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    /// The items of a list in a variable or an option, without blanks around them.
    static func items(of text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            let rest = item.drop(while: \.isWhitespace)
            return String(rest.prefix(rest.count - rest.reversed().prefix(while: \.isWhitespace).count))
        }
    }
}
