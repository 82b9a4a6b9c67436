import Yams

/// The keys of a YAML file, `watch.inbox.folder`, and the lines they stand on.
///
/// The configuration library hands out values by key; it can name neither lines nor the keys that nobody asked for.
struct KeyLines: Sendable {
    /// Counted from 1. Keys of values and of lists, not of mappings.
    private(set) var lines: [String: Int] = [:]
    /// Keys whose value is a list.
    private(set) var lists: Set<String> = []

    /// Levels of mappings in mappings that are looked at.
    private static let deepest = 8
    /// Keys: references to references make many of few bytes.
    private static let most = 10_000

    init() {}

    /// - Throws: `SettingsError` where the text is no YAML, or no mapping.
    init(yaml: String, origin: String) throws(SettingsError) {
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
        try collect(mapping, below: "", depth: 0, origin: origin)
    }

    private mutating func collect(
        _ mapping: Node.Mapping, below prefix: String, depth: Int, origin: String
    ) throws(SettingsError) {
        for (keyNode, value) in mapping {
            guard let name = keyNode.string, !name.isEmpty, !name.contains(".") else {
                throw SettingsError(
                    origin: origin, line: keyNode.mark?.line, reason: "a key has to be a name without dots")
            }
            let key = prefix + name
            guard depth < Self.deepest else {
                throw SettingsError(origin: origin, line: keyNode.mark?.line, key: key, reason: "lies too deep")
            }
            if case .mapping(let inner) = value {
                try collect(inner, below: key + ".", depth: depth + 1, origin: origin)
                continue
            }
            lines[key] = keyNode.mark?.line ?? 0
            guard lines.count <= Self.most else {
                throw SettingsError(origin: origin, reason: "has more than \(Self.most) keys")
            }
            if case .sequence(let items) = value {
                guard items.allSatisfy({ $0.scalar != nil }) else {
                    throw SettingsError(
                        origin: origin, line: keyNode.mark?.line, key: key, reason: "has to be a list of plain values")
                }
                lists.insert(key)
            }
        }
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
