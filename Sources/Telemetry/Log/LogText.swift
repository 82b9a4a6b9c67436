/// Makes untrusted text safe for a log line: nothing in it ends the line, moves a terminal's cursor or reorders the
/// text, and its length is bounded.
enum LogText {
    /// - Parameter limit: maximum size in bytes; longer text is truncated and ends in `…`.
    static func escaped(_ text: String, limit: Int) -> String {
        joined(text, limit: limit) { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\\": "\\\\"
            default: isUnsafe(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : nil
            }
        }
    }

    /// The text unchanged if it is unambiguous, otherwise in quotes.
    static func fieldValue(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            !isUnsafe($0) && !$0.properties.isWhitespace && $0 != "\"" && $0 != "=" && $0 != "\\"
        }
        if isPlain, !text.isEmpty, text.utf8.count <= LogRecord.valueLimit { return text }
        let value = joined(text, limit: LogRecord.valueLimit) { scalar in
            if scalar == "\"" { return "\\\"" }
            let character = escaped(String(scalar), limit: .max)
            return character == String(scalar) ? nil : character
        }
        return "\"\(value)\""
    }

    /// Letters, digits and `_.-`; anything else becomes `_`.
    static func fieldName(_ text: String) -> String {
        let characters = text.unicodeScalars.prefix(LogRecord.nameLimit).map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": Character(scalar)
            default: "_"
            }
        }
        return characters.isEmpty ? "_" : String(characters)
    }

    /// A JSON string with its quotes.
    static func json(_ text: String, limit: Int = LogRecord.valueLimit) -> String {
        let value = joined(text, limit: limit) { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\\": "\\\\"
            case "\"": "\\\""
            default: isUnsafe(scalar) ? utf16Escape(scalar) : nil
            }
        }
        return "\"\(value)\""
    }

    /// Control characters, direction marks and other invisible characters, line and paragraph separators.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func utf16Escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// - Parameter replacement: replaces a scalar; nil keeps it.
    private static func joined(
        _ text: String, limit: Int, replacement: (Unicode.Scalar) -> String?
    ) -> String {
        var result = ""
        var size = 0
        for scalar in text.unicodeScalars {
            let part = replacement(scalar)
            size += part?.utf8.count ?? UTF8.width(scalar)
            if size > limit { return result + "…" }
            if let part { result += part } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }
}
