/// How the values of a setting are written, and which values are allowed; for saliency methods and the configuration.
package struct SettingForm<Value: Sendable & Equatable>: Sendable {
    package let value: @Sendable (String) -> Value?
    package let text: @Sendable (Value) -> String
    package var isAllowed: @Sendable (Value) -> Bool = { _ in true }
    /// After "has to be".
    package let requirement: @Sendable () -> String
    package var words: @Sendable () -> [String]? = { nil }
    /// The minimum and the maximum, "0.1 to 60"; nil if the value is not a number.
    package var bounds: String?

    package init(
        value: @escaping @Sendable (String) -> Value?, text: @escaping @Sendable (Value) -> String,
        isAllowed: @escaping @Sendable (Value) -> Bool = { _ in true }, requirement: @escaping @Sendable () -> String,
        words: @escaping @Sendable () -> [String]? = { nil }, bounds: String? = nil
    ) {
        self.value = value
        self.text = text
        self.isAllowed = isAllowed
        self.requirement = requirement
        self.words = words
        self.bounds = bounds
    }

    /// The error for a text that is not an allowed value, as a clause whose subject is the setting.
    ///
    /// - Parameter word: a word that is allowed instead of a value.
    package func refusal(_ text: String, or word: String? = nil) -> String {
        "has to be \(word.map { "\($0) or " } ?? "")\(requirement()), not \(text)"
            + (words().map { NearMisses.hint(text, in: $0) } ?? "")
    }

    /// The error for a value that is not allowed, as a clause whose subject is the setting; nil if it is allowed.
    package func problem(with value: Value) -> String? { isAllowed(value) ? nil : refusal(text(value)) }
}

extension SettingForm where Value == Int {
    package static func integer(_ range: ClosedRange<Int>) -> Self {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return Self(
            value: { Int($0) }, text: { String($0) }, isAllowed: range.contains,
            requirement: { "a whole number from \(bounds)" }, bounds: bounds)
    }
}

extension SettingForm where Value == UInt64 {
    /// Numbers that are no larger than the configuration can hold.
    package static var seed: Self {
        Self(
            value: { Int($0).flatMap(UInt64.init(exactly:)) }, text: { String($0) },
            requirement: { "a whole number from 0 to \(Int.max)" })
    }
}

extension SettingForm where Value == Double {
    package static func number(_ range: ClosedRange<Double>) -> Self {
        let ends = [range.lowerBound, range.upperBound].map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
        let bounds = "\(ends[0]) to \(ends[1])"
        return Self(
            value: { Double($0) }, text: { "\($0)" }, isAllowed: range.contains,
            requirement: { "a number from \(bounds)" }, bounds: bounds)
    }
}

extension SettingForm where Value == Bool {
    package static var flag: Self {
        Self(
            value: { text in
                switch text.lowercased() {
                case "true", "yes", "on": true
                case "false", "no", "off": false
                default: nil
                }
            }, text: { "\($0)" }, requirement: { "true or false" })
    }
}

extension SettingForm where Value == String {
    /// One of a list of names.
    package static func name(_ names: [String]) -> Self {
        Self(
            value: { $0 }, text: { $0 }, isAllowed: names.contains,
            requirement: { "one of \(names.joined(separator: ", "))" }, words: { names })
    }
}

extension SettingForm where Value == Occlusion.Box {
    package static var box: Self {
        Self(
            value: { Occlusion.Box(text: $0) }, text: { $0.description },
            requirement: { "frames, height and width, such as 16,56,56" })
    }
}

extension SettingForm where Value: RawRepresentable<String> & CaseIterable {
    /// - Parameter isAllowed: which of the values are values of the setting.
    package static func choice(isAllowed: @escaping @Sendable (Value) -> Bool = { _ in true }) -> Self {
        let words = { @Sendable in Value.allCases.filter(isAllowed).map(\.rawValue) }
        return Self(
            value: { Value(rawValue: $0) }, text: { $0.rawValue }, isAllowed: isAllowed,
            requirement: { "one of \(words().joined(separator: ", "))" }, words: words)
    }
}
