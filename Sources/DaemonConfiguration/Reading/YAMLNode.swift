import CYAML

/// A YAML document, or a part of one, as text: no scalar is interpreted as a number or a date.
enum YAMLNode {
    struct Pair {
        var key: YAMLNode
        var value: YAMLNode
    }

    /// - Parameter isPlain: whether the scalar is written without quotes.
    case scalar(String, isPlain: Bool, line: Int)
    case sequence([YAMLNode], line: Int)
    case mapping([Pair], line: Int)

    /// The line of the first character, counted from 1.
    var line: Int {
        switch self {
        case .scalar(_, _, let line), .sequence(_, let line), .mapping(_, let line): line
        }
    }

    /// The text of a scalar; nil for sequences and mappings.
    var text: String? {
        if case .scalar(let text, _, _) = self { text } else { nil }
    }
}

/// The reason why a text cannot be read as YAML.
struct YAMLError: Error {
    /// A clause whose subject is the file.
    var reason: String
    var line: Int?
}

extension YAMLNode {
    /// The single document of a text; nil if it is empty.
    static func document(_ yaml: String) throws(YAMLError) -> YAMLNode? {
        var yaml = yaml
        // The parser reads these bytes until it is finished.
        let result = yaml.withUTF8 { bytes in
            Result { () throws(YAMLError) in
                var parser = try YAMLParser(bytes)
                return try parser.document()
            }
        }
        return try result.get()
    }
}

/// Builds the tree from the events of libyaml's parser.
private struct YAMLParser: ~Copyable {
    /// The parser's memory, at a fixed address because libyaml stores pointers into it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The node of each anchor with the number of levels below it, including those of aliases.
    private var anchors: [String: (node: YAMLNode, levels: Int)] = [:]
    /// The deepest level in the node that is being read, including those of aliases.
    private var reached = 0
    /// The depth of the node that is being read.
    private var depth = 0
    /// The maximum depth, which bounds the recursion; no configuration comes near it.
    private static let maximumDepth = 100

    /// - Parameter bytes: UTF-8 that must outlive the parser.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(reason: "is not YAML")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func document() throws(YAMLError) -> YAMLNode? {
        guard try next().kind == .start, try next().kind == .start else { return nil }
        let root = try node(next())
        guard try next().kind == .end else { throw YAMLError(reason: "is not YAML") }
        let last = try next()
        guard last.kind == .end else {
            throw YAMLError(
                reason: "is not YAML: expected a single document in the stream but found another document",
                line: last.line)
        }
        return root
    }

    /// Reads the node whose first event is `event`.
    private mutating func node(_ event: Event) throws(YAMLError) -> YAMLNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw YAMLError(reason: "is nested deeper than \(Self.maximumDepth) levels", line: event.line)
        }
        let outer = reached
        reached = depth
        defer { reached = max(outer, reached) }
        let found: YAMLNode
        switch event.kind {
        case .alias(let name):
            guard let known = anchors[name] else {
                throw YAMLError(reason: "is not YAML: found undefined alias", line: event.line)
            }
            // An alias adds the whole depth of its node; otherwise chains of aliases would nest without limit.
            reached = depth - 1 + known.levels
            guard reached <= Self.maximumDepth else {
                throw YAMLError(reason: "is nested deeper than \(Self.maximumDepth) levels", line: event.line)
            }
            return known.node
        case .scalar(let text, let isPlain):
            found = .scalar(text, isPlain: isPlain, line: event.line)
        case .sequence:
            found = .sequence(try items(), line: event.line)
        case .mapping:
            found = .mapping(try pairs(), line: event.line)
        case .start, .end:
            throw YAMLError(reason: "is not YAML", line: event.line)
        }
        // A later anchor of the same name replaces an earlier one.
        if let anchor = event.anchor { anchors[anchor] = (found, reached - depth + 1) }
        return found
    }

    private mutating func items() throws(YAMLError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while case let event = try next(), event.kind != .end { items.append(try node(event)) }
        return items
    }

    private mutating func pairs() throws(YAMLError) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        while case let event = try next(), event.kind != .end {
            pairs.append(YAMLNode.Pair(key: try node(event), value: try node(next())))
        }
        let places = Dictionary(grouping: pairs.map(\.key), by: { $0.text })
        let twice = places.compactMap { name, keys in keys.count > 1 ? name : nil }.sorted()
        guard let first = twice.first else { return pairs }
        throw YAMLError(reason: "says \(twice.joined(separator: ", ")) twice", line: places[first]?.first?.line)
    }

    private struct Event {
        enum Kind: Equatable {
            /// The start of the stream or of a document.
            case start
            case scalar(String, isPlain: Bool)
            case sequence
            case mapping
            case alias(String)
            /// The end of the innermost open element.
            case end
        }

        var kind: Kind
        var anchor: String?
        var line: Int
    }

    private mutating func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let line = Int(event.start_mark.line) + 1
        switch event.type {
        case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT:
            return Event(kind: .start, line: line)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return Event(
                kind: .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE),
                anchor: Self.name(scalar.anchor), line: line)
        case YAML_SEQUENCE_START_EVENT:
            return Event(kind: .sequence, anchor: Self.name(event.data.sequence_start.anchor), line: line)
        case YAML_MAPPING_START_EVENT:
            return Event(kind: .mapping, anchor: Self.name(event.data.mapping_start.anchor), line: line)
        case YAML_ALIAS_EVENT:
            return Event(kind: .alias(Self.name(event.data.alias.anchor) ?? ""), line: line)
        default:
            return Event(kind: .end, line: line)
        }
    }

    private static func name(_ text: UnsafeMutablePointer<UInt8>?) -> String? {
        text.map { String(decoding: UnsafeBufferPointer(start: $0, count: strlen($0)), as: UTF8.self) }
    }

    private func failure() -> YAMLError {
        let parser = parser.pointee
        guard [YAML_SCANNER_ERROR, YAML_PARSER_ERROR].contains(parser.error), let problem = parser.problem else {
            return YAMLError(reason: "is not YAML")
        }
        let context = parser.context.map { String(cString: $0) + " " } ?? ""
        return YAMLError(
            reason: "is not YAML: \(context)\(String(cString: problem))", line: Int(parser.problem_mark.line) + 1)
    }
}
