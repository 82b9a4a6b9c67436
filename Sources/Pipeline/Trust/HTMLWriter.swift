/// Writes HTML (including SVG): all texts and attribute values are escaped, so that file names and labels cannot become
/// markup.
struct HTMLWriter {
    private(set) var text = ""

    /// Appends markup; only constants of the program are allowed.
    mutating func markup(_ constant: StaticString) {
        text += "\(constant)"
    }

    /// An element with a text, or an empty one.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:], _ content: String = ""
    ) {
        open(name, attributes)
        write(content)
        text += "</\(name)>"
    }

    /// An element with child elements.
    mutating func inside(
        _ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:], _ body: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        body(&self)
        text += "</\(name)>\n"
    }

    /// An element without an end tag.
    mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<String, String>) {
        open(name, attributes)
    }

    mutating func write(_ content: String) {
        text += Self.escaped(content)
    }

    private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
        text += ">"
    }

    static func escaped(_ content: String) -> String {
        var result = ""
        for character in content.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Characters that are not allowed in HTML.
            case "\u{0}"..<"\u{9}", "\u{B}", "\u{C}", "\u{E}"..<"\u{20}", "\u{7F}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
