/// Spearman's rank correlation of one set of values, ranked once, with others: Pearson's correlation of the ranks,
/// where equal values share the mean of their ranks (as SciPy's `spearmanr`).
public struct RankCorrelation: Sendable {
    /// The ranks minus their mean.
    private let ranks: [Double]
    private let squares: Double

    /// - Parameter values: at least 2 and fewer than 2³² finite values.
    public init(_ values: [Float]) {
        ranks = Self.centredRanks(values)
        squares = ranks.reduce(0) { $0 + $1 * $1 }
    }

    /// −1…1; nil if the counts differ or the values of either set are all equal, so that they have no order.
    public func with(_ values: [Float]) -> Double? {
        guard values.count == ranks.count else { return nil }
        let other = Self.centredRanks(values)
        let otherSquares = other.reduce(0) { $0 + $1 * $1 }
        guard squares > 0, otherSquares > 0 else { return nil }
        var product = 0.0
        for index in ranks.indices { product += ranks[index] * other[index] }
        return min(max(product / (squares * otherSquares).squareRoot(), -1), 1)
    }

    private static func centredRanks(_ values: [Float]) -> [Double] {
        let order = ValueOrder.ascending(values)
        var ranks = [Double](repeating: 0, count: values.count)
        let mean = Double(values.count - 1) / 2
        var first = 0
        while first < order.count {
            var last = first
            let value = values[Int(order[first])]
            while last + 1 < order.count, values[Int(order[last + 1])] == value { last += 1 }
            let rank = Double(first + last) / 2 - mean
            for place in first...last { ranks[Int(order[place])] = rank }
            first = last + 1
        }
        return ranks
    }
}
