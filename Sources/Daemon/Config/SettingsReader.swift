import Configuration
import Engine

/// Typed values out of the configuration, each checked as it is read.
///
/// Everything is read as text and converted here, so that one place says what is allowed. Remembers which keys there are,
/// to find those that mean nothing.
struct SettingsReader {
    let reader: ConfigReader
    let lines: KeyLines
    /// The file's name, for errors.
    let file: String
    /// Keys given on the command line.
    let overridden: Set<String>
    /// Names in the environment, without their prefix.
    let variables: Set<String>
    private(set) var known: Set<String> = []

    init(
        reader: ConfigReader, lines: KeyLines, file: String, overridden: Set<String> = [], variables: Set<String> = []
    ) {
        self.reader = reader
        self.lines = lines
        self.file = file
        self.overridden = overridden
        self.variables = variables
    }

    /// Where a value comes from that does not come from the file.
    private func outside(_ key: String) -> String? {
        if overridden.contains(key) { return "--set" }
        let variable = SettingsLoader.variable(for: key)
        return variables.contains(variable) ? "$\(SettingsLoader.prefix)\(variable)" : nil
    }

    /// The error for a value of `key` that is not allowed.
    func wrong(_ key: String, _ reason: String) -> SettingsError {
        if let origin = outside(key) { return SettingsError(origin: origin, key: key, reason: reason) }
        return SettingsError(origin: file, line: lines.lines[key], key: key, reason: reason)
    }

    mutating func text(_ key: String) throws(SettingsError) -> String? {
        known.insert(key)
        if lines.lists.contains(key), outside(key) == nil { throw wrong(key, "has to be one value, not a list") }
        guard let value = reader.string(forKey: ConfigKey(key)) else { return nil }
        guard !value.isEmpty else { throw wrong(key, "has no value") }
        guard !value.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw wrong(key, "contains control characters")
        }
        return value
    }

    mutating func text(_ key: String, default fallback: String) throws(SettingsError) -> String {
        try text(key) ?? fallback
    }

    mutating func list(_ key: String) throws(SettingsError) -> [String] {
        known.insert(key)
        if lines.lines[key] != nil, !lines.lists.contains(key), outside(key) == nil {
            throw wrong(key, "has to be a list, such as [inbox]")
        }
        return reader.stringArray(forKey: ConfigKey(key)) ?? []
    }

    /// Patterns of names.
    mutating func patterns(_ key: String) throws(SettingsError) -> [String] {
        let patterns = try list(key)
        for pattern in patterns {
            guard !pattern.isEmpty, pattern.utf8.count <= 1024, !pattern.hasPrefix("/"), !pattern.hasSuffix("/") else {
                throw wrong(key, "has to be patterns such as *.mp4, of names below the folder, not \(pattern)")
            }
        }
        return patterns
    }

    /// Whether something is said of a key, in whatever way.
    func isSaid(_ key: String) -> Bool { lines.lines[key] != nil || outside(key) != nil }

    /// Whether the file has one value for a key, and nothing goes before it.
    func isPlainValue(_ key: String) -> Bool {
        lines.lines[key] != nil && !lines.lists.contains(key) && outside(key) == nil
    }

    /// - Throws: for what cannot be the name of something that has settings of its own.
    func checkName(_ name: String, in key: String) throws(SettingsError) {
        let letters = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        guard letters, (1...64).contains(name.utf8.count) else {
            throw wrong(key, "names are made of letters, digits, - and _, not \(name)")
        }
    }

    mutating func path(_ key: String) throws(SettingsError) -> String? {
        guard let path = try text(key) else { return nil }
        guard path.hasPrefix("/") else { throw wrong(key, "has to be a whole path that begins with /, not \(path)") }
        guard path.utf8.count < 4096 else { throw wrong(key, "is longer than a path can be") }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    mutating func path(_ key: String, default fallback: String) throws(SettingsError) -> String {
        try path(key) ?? fallback
    }

    /// - Parameter word: says the same as no value.
    mutating func int(
        _ key: String, _ range: ClosedRange<Int>, or word: String? = nil
    ) throws(SettingsError) -> Int? {
        guard let value = try text(key), value != word else { return nil }
        guard let number = Int(value), range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw wrong(key, "has to be \(word.map { "\($0) or " } ?? "")a whole number from \(bounds), not \(value)")
        }
        return number
    }

    mutating func int(_ key: String, _ range: ClosedRange<Int>, default fallback: Int) throws(SettingsError) -> Int {
        try int(key, range) ?? fallback
    }

    mutating func number(
        _ key: String, _ range: ClosedRange<Double>, default fallback: Double
    ) throws(SettingsError) -> Double {
        try number(key, range) ?? fallback
    }

    /// - Parameter word: says the same as no value.
    mutating func number(
        _ key: String, _ range: ClosedRange<Double>, or word: String? = nil
    ) throws(SettingsError) -> Double? {
        guard let value = try text(key), value != word else { return nil }
        guard let number = Double(value), range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw wrong(key, "has to be \(word.map { "\($0) or " } ?? "")a number from \(bounds), not \(value)")
        }
        return number
    }

    mutating func flag(_ key: String, default fallback: Bool) throws(SettingsError) -> Bool {
        guard let value = try text(key) else { return fallback }
        switch value.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw wrong(key, "has to be true or false, not \(value)")
        }
    }

    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ key: String, default fallback: Value
    ) throws(SettingsError) -> Value {
        guard let value = try text(key) else { return fallback }
        guard let found = Value(rawValue: value) else {
            throw wrongWord(key, value, of: Value.self)
        }
        return found
    }

    /// The error for a value of `key` that is none of the words that it takes.
    func wrongWord<Value: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ value: String, of words: Value.Type
    ) -> SettingsError {
        let names = Value.allCases.map(\.rawValue)
        let hint = NearMisses.hint(value, in: names)
        return wrong(key, "has to be one of \(names.joined(separator: ", ")), not \(value)\(hint)")
    }

    /// - Throws: for the first key, by line, that nothing has read.
    func refuseUnknown() throws(SettingsError) {
        let inFile = lines.lines.filter { !known.contains($0.key) }.min { ($0.value, $0.key) < ($1.value, $1.key) }
        guard let key = inFile?.key ?? overridden.subtracting(known).min() else { return }
        let parent = key.split(separator: ".").dropLast().joined(separator: ".")
        let siblings = known.filter { $0.split(separator: ".").dropLast().joined(separator: ".") == parent }
        let names = siblings.compactMap { $0.split(separator: ".").last.map(String.init) }.sorted()
        let last = key.split(separator: ".").last.map(String.init) ?? key
        // Where nothing is known beside it, the mistake lies further up.
        let hint = names.isEmpty ? NearMisses.hint(key, in: known.sorted()) : NearMisses.hint(last, in: names)
        let allowed = names.isEmpty ? "" : "\(hint.isEmpty ? "; there" : " There") are \(names.joined(separator: ", "))"
        throw wrong(key, "means nothing\(hint)\(allowed)")
    }
}
