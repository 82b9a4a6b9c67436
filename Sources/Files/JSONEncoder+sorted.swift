import FoundationEssentials

extension JSONEncoder {
    /// In which ways a value becomes JSON.
    public struct Form: OptionSet, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// Keys as `max_sigma`, not `maxSigma`.
        public static let snakeCase = Form(rawValue: 1)
        /// Over several lines, for people.
        public static let pretty = Form(rawValue: 2)
        /// Infinities and what is not a number as "inf", "-inf" and "nan"; else they fail to encode.
        public static let nonFinite = Form(rawValue: 4)
    }

    /// An encoder with sorted keys, so that equal values are equal bytes, and paths as they are.
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
