/// What `NoiseAverage` says of the shares of noisy copies, as they come in.
struct NoiseStatistics {
    private let average: NoiseAverage
    private var count: Float = 0
    /// The mean of what is averaged, `[T, H, W, C]`.
    private var means: [Float]
    /// The sum of squared distances from the mean, which is kept as it moves (Welford 1962); of the variance only.
    private var squares: [Float]

    init(_ average: NoiseAverage, count: Int) {
        self.average = average
        means = [Float](repeating: 0, count: count)
        squares = average == .variance ? means : []
    }

    mutating func add(_ values: [Float], session: EngineSession) {
        count += 1
        let count = count
        switch average {
        case .mean:
            session.update(&means) { index, mean in mean + (values[index] - mean) / count }
        case .squares:
            session.update(&means) { index, mean in mean + (values[index] * values[index] - mean) / count }
        case .variance:
            let before = means
            session.update(&means) { index, mean in mean + (values[index] - mean) / count }
            let after = means
            session.update(&squares) { index, sum in
                sum + (values[index] - before[index]) * (values[index] - after[index])
            }
        }
    }

    /// `[T, H, W, C]`; the variance is that of the copies, over their number.
    func result(session: EngineSession) -> [Float] {
        guard average == .variance else { return means }
        var result = squares
        let count = count
        session.update(&result) { _, sum in sum / count }
        return result
    }
}
