extension ConfigTree {
    /// The maximum number of nested maps.
    private static let deepest = 8
    /// The maximum number of keys and list items: in a few bytes, aliases of aliases can produce very many.
    private static let most = 10_000

    /// - Throws: `SettingsError` if the text is not YAML, is not a map, or exceeds a limit.
    package init(yaml: String, origin: String) throws(SettingsError) {
        self.init(origin: origin)
        let root: YAMLNode?
        do {
            root = try YAMLNode.document(yaml)
        } catch {
            throw SettingsError(origin: origin, line: error.line, reason: error.reason)
        }
        guard let root else { return }
        guard case .mapping(let pairs, _) = root else {
            throw SettingsError(
                origin: origin, line: root.line,
                reason: "has to be keys and values, such as `model: builtin:motion`")
        }
        var count = 0
        try collect(pairs, below: "", depth: 0, &count)
    }

    private mutating func collect(
        _ pairs: [YAMLNode.Pair], below prefix: String, depth: Int, _ count: inout Int
    ) throws(SettingsError) {
        for pair in pairs {
            let line = pair.key.line
            guard let name = pair.key.text, !name.isEmpty, !name.contains(".") else {
                throw SettingsError(origin: origin, line: line, reason: "a key has to be a name without dots")
            }
            let key = prefix + name
            guard depth < Self.deepest else {
                throw SettingsError(
                    origin: origin, line: line, key: key, reason: "is nested too deep: at most \(Self.deepest) levels")
            }
            count += 1
            if case .sequence(let items, _) = pair.value { count += items.count }
            guard count <= Self.most else {
                throw SettingsError(origin: origin, reason: "has more than \(Self.most) keys and items of lists")
            }
            if case .mapping(let inner, _) = pair.value, !inner.isEmpty {
                sections[key] = .file(line: line)
                try collect(inner, below: key + ".", depth: depth + 1, &count)
            } else if let value = Self.value(pair.value) {
                add(Entry(key: key, value: value, line: line))
            } else {
                throw SettingsError(origin: origin, line: line, key: key, reason: "has to be a list of plain values")
            }
        }
    }

    /// Returns nil for a list that contains anything but plain values.
    private static func value(_ node: YAMLNode) -> Value? {
        switch node {
        case .scalar: return text(node).map(Value.text)
        case .mapping: return .emptySection
        case .sequence(let items, _):
            let texts = items.compactMap(text)
            return texts.count == items.count ? .list(texts) : nil
        }
    }

    /// Returns nil for a YAML null, which counts as a missing value, and for anything that is not a scalar.
    private static func text(_ node: YAMLNode) -> String? {
        guard case .scalar(let text, let isPlain, _) = node else { return nil }
        return isPlain && ["~", "null", "Null", "NULL"].contains(text) ? "" : text
    }
}
