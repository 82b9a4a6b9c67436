/// The labels of one series: valid names, sorted and unique, so that the order of the dimensions makes no difference.
struct LabelSet: Hashable {
    /// Longer values are truncated, since they may come from file names.
    static let valueLimit = 128

    private struct Label: Hashable {
        var name: String
        var value: String
    }

    private let labels: [Label]

    /// - Parameters:
    ///   - dimensions: if two have the same name, the first is used.
    ///   - reserved: a label name that the format itself uses; a dimension of that name gets Prometheus's prefix for
    ///     such cases.
    init(_ dimensions: [(String, String)], reserved: String? = nil) {
        var values: [String: String] = [:]
        for (label, value) in dimensions {
            let name = PrometheusName.label(label)
            let own = name == reserved ? "exported_" + name : name
            if values[own] == nil { values[own] = String(value.prefix(Self.valueLimit)) }
        }
        labels = values.map(Label.init).sorted { $0.name < $1.name }
    }

    private init(labels: [Label]) {
        self.labels = labels
    }

    /// The same names, with `other` for every value.
    func folded() -> LabelSet {
        LabelSet(labels: labels.map { Label(name: $0.name, value: "other") })
    }

    /// The labels in braces, escaped; empty without labels.
    var text: String {
        Self.text(labels)
    }

    /// The labels with one more at the end.
    func text(adding name: String, _ value: String) -> String {
        Self.text(labels + [Label(name: name, value: value)])
    }

    private static func text(_ labels: [Label]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(PrometheusText.escapedValue($0.value))\"" }.joined(separator: ",")
            + "}"
    }
}
