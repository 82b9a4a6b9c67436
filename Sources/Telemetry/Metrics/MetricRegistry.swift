/// All metrics by their names in the exposition, and the owners of all sample names.
struct MetricRegistry {
    var counters: [String: MetricFamily<CounterSeries>] = [:]
    var gauges: [String: MetricFamily<GaugeSeries>] = [:]
    var histograms: [String: MetricFamily<HistogramSeries>] = [:]
    /// The family that writes samples of a name: `x_sum` may be a gauge or belong to the histogram `x`, but not both.
    private var owners: [String: Owner] = [:]
    /// Metrics that are not exported because another kind has their name; a comment in the exposition lists them.
    private var refused: Set<String> = []

    private struct Owner: Equatable {
        var family: String
        var kind: String
    }

    /// Reserves the sample names of a family.
    ///
    /// - Returns: false if another family has one of them.
    mutating func claim<Series>(
        _ names: [String], for family: String, _: WritableKeyPath<MetricRegistry, [String: MetricFamily<Series>]>
    ) -> Bool {
        let owner = Owner(family: family, kind: Series.kind)
        guard names.allSatisfy({ owners[$0] == nil || owners[$0] == owner }) else {
            refused.insert("\(family) \(Series.kind)")
            return false
        }
        for name in names { owners[name] = owner }
        return true
    }

    /// The text exposition.
    func text() -> String {
        var families: [String: String] = [:]
        for (name, family) in counters { families[name] = family.text() }
        for (name, family) in gauges { families[name] = family.text() }
        for (name, family) in histograms { families[name] = family.text() }
        let notes = refused.sorted().map { "# not shown, since the name is taken: \($0)\n" }
        return families.sorted { $0.key < $1.key }.map(\.value).joined() + notes.joined()
    }
}
