import Yams

extension ConfigTree {
    /// Levels of maps in maps that are read.
    private static let deepest = 8
    /// Keys and items of lists: references to references make many of few bytes.
    private static let most = 10_000

    /// - Throws: `SettingsError` where the text is not YAML, not a map, or has more than is read.
    package init(yaml: String, origin: String) throws(SettingsError) {
        self.init(origin: origin)
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw Self.explained(error, origin)
        } catch {
            throw SettingsError(origin: origin, reason: "is not YAML")
        }
        guard let root else { return }
        guard case .mapping(let mapping) = root else {
            throw SettingsError(
                origin: origin, line: root.mark?.line,
                reason: "has to be keys and values, such as `model: builtin:motion`")
        }
        var count = 0
        try collect(mapping, below: "", depth: 0, &count)
    }

    private mutating func collect(
        _ mapping: Node.Mapping, below prefix: String, depth: Int, _ count: inout Int
    ) throws(SettingsError) {
        for (keyNode, node) in mapping {
            let line = keyNode.mark?.line
            guard let name = keyNode.string, !name.isEmpty, !name.contains(".") else {
                throw SettingsError(origin: origin, line: line, reason: "a key has to be a name without dots")
            }
            let key = prefix + name
            guard depth < Self.deepest else {
                throw SettingsError(
                    origin: origin, line: line, key: key, reason: "is nested too deep: at most \(Self.deepest) levels")
            }
            count += 1 + (node.sequence?.count ?? 0)
            guard count <= Self.most else {
                throw SettingsError(origin: origin, reason: "has more than \(Self.most) keys and items of lists")
            }
            if case .mapping(let inner) = node, !inner.isEmpty {
                sections[key] = .file(line: line)
                try collect(inner, below: key + ".", depth: depth + 1, &count)
            } else if let value = Self.value(node) {
                add(Entry(key: key, value: value, line: line))
            } else {
                throw SettingsError(origin: origin, line: line, key: key, reason: "has to be a list of plain values")
            }
        }
    }

    /// Nil for lists of anything but plain values.
    private static func value(_ node: Node) -> Value? {
        switch node {
        case .scalar(let scalar): return .text(text(scalar))
        case .mapping: return .emptySection
        case .sequence(let items):
            let texts = items.compactMap { $0.scalar.map(text) }
            return texts.count == items.count ? .list(texts) : nil
        case .alias: return nil
        }
    }

    /// What YAML calls null is not a value, as if nothing stood there.
    private static func text(_ scalar: Node.Scalar) -> String {
        let isNull = scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
        return isNull ? "" : scalar.string
    }

    private static func explained(_ error: YamlError, _ origin: String) -> SettingsError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text) " } ?? ""
            return SettingsError(origin: origin, line: mark.line, reason: "is not YAML: \(before)\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { String(describing: $0) }.sorted().joined(separator: ", ")
            return SettingsError(origin: origin, line: context.mark.line, reason: "says \(names) twice")
        default:
            return SettingsError(origin: origin, reason: "is not YAML")
        }
    }
}
