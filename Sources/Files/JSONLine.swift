import FoundationEssentials

/// A value as one line of JSON: keys in snake case, sorted.
public enum JSONLine {
    public static func text(_ value: some Encodable) -> String {
        encoded(value, pretty: false)
    }

    /// Over several lines, for people.
    public static func pretty(_ value: some Encodable) -> String {
        encoded(value, pretty: true)
    }

    private static func encoded(_ value: some Encodable, pretty: Bool) -> String {
        let encoder = JSONEncoder.sorted(pretty ? [.snakeCase, .nonFinite, .pretty] : [.snakeCase, .nonFinite])
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // Plain structs of numbers and strings always encode; were one not to, the line says so.
            return "{\"error\":\"not representable as JSON\"}"
        }
    }
}
