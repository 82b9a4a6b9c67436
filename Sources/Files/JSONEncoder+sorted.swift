import FoundationEssentials

extension JSONEncoder {
    /// Options for encoding a value as JSON.
    public struct Form: OptionSet, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// Keys as `max_sigma`, not `maxSigma`.
        public static let snakeCase = Form(rawValue: 1)
        /// On several lines, for reading.
        public static let pretty = Form(rawValue: 2)
        /// Encodes infinities and NaN as "inf", "-inf" and "nan"; without this option encoding them fails.
        public static let nonFinite = Form(rawValue: 4)
    }

    /// An encoder with sorted keys, so that equal values have equal bytes, and with unescaped slashes.
    public static func sorted(_ form: Form = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if form.contains(.pretty) { encoder.outputFormatting.insert(.prettyPrinted) }
        if form.contains(.snakeCase) { encoder.keyEncodingStrategy = .convertToSnakeCase }
        if form.contains(.nonFinite) {
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        }
        return encoder
    }
}
