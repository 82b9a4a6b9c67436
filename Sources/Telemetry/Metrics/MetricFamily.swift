/// One metric: the series that share its name, each with other label values.
struct MetricFamily<Series: MetricSeries> {
    /// As the exposition has it.
    let name: String
    let help: String?
    private var members: [LabelSet: Series] = [:]
    /// Counts for all label values that came when the limit was reached.
    private var others: Series?

    init(name: String, help: String?) {
        self.name = name
        self.help = help
    }

    /// The series with these labels; a new one while fewer than `limit` exist, else the one for all others.
    mutating func series(_ labels: LabelSet, limit: Int, make: (LabelSet) -> Series) -> Series {
        if let series = members[labels] ?? (members.count < limit ? nil : others) { return series }
        guard members.count < limit else {
            let folded = labels.folded()
            // Label values may say `other` themselves: no series may appear twice.
            let series = members[folded] ?? make(folded)
            others = series
            return series
        }
        let series = others.flatMap { $0.labels == labels ? $0 : nil } ?? make(labels)
        members[labels] = series
        return series
    }

    /// Shows `series` no more. The series for all others stays: it has more than one user.
    mutating func remove(_ series: Series) {
        guard members[series.labels] === series else { return }
        members[series.labels] = nil
    }

    /// The family's lines, in the order of the labels; nothing without a series.
    func text() -> String {
        var all = Array(members.values)
        if let others, members[others.labels] == nil { all.append(others) }
        guard !all.isEmpty else { return "" }
        var text = ""
        if let help { text += "# HELP \(name) \(PrometheusText.escapedHelp(help))\n" }
        text += "# TYPE \(name) \(Series.kind)\n"
        for series in all.sorted(by: { $0.labels.text < $1.labels.text }) { series.write(as: name, to: &text) }
        return text
    }
}
