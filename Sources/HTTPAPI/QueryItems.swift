/// The query of a request: every name is known and stands once, every value is allowed.
///
/// Not Hummingbird's `queryParameters`, which takes names that nobody knows and values that are wrong, and reads `+` as itself.
struct QueryItems: Sendable {
    private let values: [String: String]

    /// - Throws: 400, naming what there is.
    init(_ items: [(name: String, value: String)], allowed: [String]) throws(APIError) {
        var values: [String: String] = [:]
        for (name, value) in items {
            guard allowed.contains(name) else {
                let known = allowed.isEmpty ? "none" : allowed.joined(separator: ", ")
                throw .badRequest("There is no parameter \(Self.shown(name)) here; there are: \(known).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .badRequest("The parameter \(name) is given twice.")
            }
        }
        self.values = values
    }

    func text(_ name: String) throws(APIError) -> String? {
        guard let value = values[name] else { return nil }
        guard !value.isEmpty else { throw .badRequest("The parameter \(name) has no value.") }
        return value
    }

    func integer<Number: FixedWidthInteger>(
        _ name: String, _ range: ClosedRange<Number>
    ) throws(APIError) -> Number? {
        guard let value = try text(name) else { return nil }
        guard let number = Number(value), range.contains(number) else {
            throw .badRequest(
                "The parameter \(name) has to be a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not \(Self.shown(value)).")
        }
        return number
    }

    /// One value or several, with commas between them.
    func choices<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String, of type: Value.Type
    ) throws(APIError) -> Set<Value>? {
        guard let value = try text(name) else { return nil }
        var chosen: Set<Value> = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            guard let choice = Value(rawValue: String(part)) else {
                let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badRequest("The parameter \(name) is one of \(allowed), not \(Self.shown(String(part))).")
            }
            chosen.insert(choice)
        }
        return chosen
    }

    private static func shown(_ text: String) -> String { "\"\(text.prefix(60))\"" }
}
