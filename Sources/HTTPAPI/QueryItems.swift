/// A request's query: every name is known and occurs once, and every value is allowed.
///
/// Not Hummingbird's `queryParameters`, which accepts unknown names and invalid values, and does not decode `+`.
struct QueryItems: Sendable {
    private let values: [String: String]

    /// - Throws: 400 with the allowed parameters.
    init(_ items: [(name: String, value: String)], allowed: [String]) throws(APIError) {
        var values: [String: String] = [:]
        for (name, value) in items {
            guard allowed.contains(name) else {
                let known = allowed.isEmpty ? "none" : allowed.joined(separator: ", ")
                throw .badRequest("There is no parameter \(Self.quoted(name)) here; there are: \(known).")
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
                    + "not \(Self.quoted(value)).")
        }
        return number
    }

    /// One value, or several separated by commas.
    func choices<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String, of type: Value.Type
    ) throws(APIError) -> Set<Value>? {
        guard let value = try text(name) else { return nil }
        var chosen: Set<Value> = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            guard let choice = Value(rawValue: String(part)) else {
                let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badRequest("The parameter \(name) is one of \(allowed), not \(Self.quoted(String(part))).")
            }
            chosen.insert(choice)
        }
        return chosen
    }

    private static func quoted(_ text: String) -> String { "\"\(text.prefix(60))\"" }
}
