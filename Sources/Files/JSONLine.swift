import FoundationEssentials

/// Encodes a value as one line of JSON, with sorted keys in snake case.
public enum JSONLine {
    public static func text(_ value: some Encodable) -> String {
        encoded(value, pretty: false)
    }

    /// On several lines, for reading.
    public static func pretty(_ value: some Encodable) -> String {
        encoded(value, pretty: true)
    }

    private static func encoded(_ value: some Encodable, pretty: Bool) -> String {
        let encoder = JSONEncoder.sorted(pretty ? [.snakeCase, .nonFinite, .pretty] : [.snakeCase, .nonFinite])
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // Structs of numbers and strings can always be encoded; if one could not, the line would report it.
            return "{\"error\":\"not representable as JSON\"}"
        }
    }
}
