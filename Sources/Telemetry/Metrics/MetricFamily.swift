/// One metric: all series with the same name, each with different label values.
struct MetricFamily<Series: MetricSeries> {
    /// The name in the exposition.
    let name: String
    let help: String?
    private var members: [LabelSet: Series] = [:]
    /// The shared series for all label values that were added after the limit was reached.
    private var others: Series?

    init(name: String, help: String?) {
        self.name = name
        self.help = help
    }

    /// The series with these labels: a new one while fewer than `limit` exist, otherwise the shared one.
    mutating func series(_ labels: LabelSet, limit: Int, make: (LabelSet) -> Series) -> Series {
        if let series = members[labels] ?? (members.count < limit ? nil : others) { return series }
        guard members.count < limit else {
            let folded = labels.folded()
            // Label values may be `other` themselves; no series may appear twice.
            let series = members[folded] ?? make(folded)
            others = series
            return series
        }
        let series = others.flatMap { $0.labels == labels ? $0 : nil } ?? make(labels)
        members[labels] = series
        return series
    }

    /// Removes `series`. The shared series is kept, because it has more than one user.
    mutating func remove(_ series: Series) {
        guard members[series.labels] === series else { return }
        members[series.labels] = nil
    }

    /// The family's lines, sorted by labels; empty without series.
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
