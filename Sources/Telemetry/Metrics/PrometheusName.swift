/// Names as the exposition format allows them: `[a-zA-Z_:][a-zA-Z0-9_:]*` for metrics, the same without colons for labels.
enum PrometheusName {
    static func metric(_ label: String) -> String {
        name(label, allowsColon: true)
    }

    static func counter(_ label: String) -> String {
        let name = metric(label)
        return name.hasSuffix("_total") ? name : name + "_total"
    }

    /// Two leading underscores are kept for Prometheus itself.
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
