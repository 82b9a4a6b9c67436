/// The jackknife: how far a figure would vary with other observations, estimated by leaving each one out (Efron and
/// Stein, 1981, The jackknife estimate of variance).
enum Jackknife {
    /// The standard error √((n − 1) / n · Σ (θᵢ − θ̄)²), where θᵢ is the figure without observation i; nil for fewer
    /// than two observations.
    static func standardError(_ count: Int, without figure: (Int) -> Double) -> Double? {
        guard count > 1 else { return nil }
        let figures = (0..<count).map(figure)
        let mean = figures.reduce(0, +) / Double(count)
        let squares = figures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (Double(count - 1) / Double(count) * squares).squareRoot()
    }
}
