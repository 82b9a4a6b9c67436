/// Formats values for the text exposition format.
enum PrometheusText {
    /// Whole numbers without a fraction, all others with the fewest digits that give the same `Double` again.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Up to this bound every integer is exact as `Double`, and more readable than an exponent.
        if value == value.rounded(), value.magnitude < 0x1p53 { return String(Int64(value)) }
        return value.description
    }

    static func escapedValue(_ text: String) -> String {
        escaped(text, quotes: true)
    }

    static func escapedHelp(_ text: String) -> String {
        escaped(text, quotes: false)
    }

    /// Works on scalars, because `\r\n` is one character but two scalars.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

/// Makes names that the exposition format allows: `[a-zA-Z_:][a-zA-Z0-9_:]*` for metrics, the same without colons for
/// labels.
enum PrometheusName {
    static func metric(_ label: String) -> String {
        name(label, allowsColon: true)
    }

    static func counter(_ label: String) -> String {
        let name = metric(label)
        return name.hasSuffix("_total") ? name : name + "_total"
    }

    /// Two leading underscores are reserved for Prometheus itself.
    static func label(_ label: String) -> String {
        let name = name(label, allowsColon: false)
        return name.hasPrefix("__") ? "_" + name.drop { $0 == "_" } : name
    }

    private static func name(_ label: String, allowsColon: Bool) -> String {
        let characters = label.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
            case ":" where allowsColon: ":"
            default: "_"
            }
        }
        let isName = characters.first.map { !$0.isNumber } ?? false
        return (isName ? "" : "_") + String(characters)
    }
}
