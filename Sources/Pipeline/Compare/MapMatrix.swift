import Engine

/// How alike each two of several maps are: symmetric, in the methods' order.
public struct MapMatrix: Sendable, Codable, Equatable {
    /// Spearman's; absent where a map is all of one value.
    public var rankCorrelation: [[Double?]]
    /// Absent for frames too small for it.
    public var structuralSimilarity: [[Double?]]

    /// - Parameter lower: for each map its similarity to those before it.
    init(lower: [[MapSimilarity.Value]]) {
        func matrix(_ value: (MapSimilarity.Value) -> Double?) -> [[Double?]] {
            lower.indices.map { row in
                lower.indices.map { column in
                    row == column ? 1 : value(lower[max(row, column)][min(row, column)])
                }
            }
        }
        rankCorrelation = matrix(\.rankCorrelation)
        structuralSimilarity = matrix(\.structuralSimilarity)
    }

    /// The mean of several, each value's over those that have it. All of one size, at least one.
    init?(mean matrices: [MapMatrix]) {
        guard var mean = matrices.first else { return nil }
        func average(_ values: (MapMatrix) -> [[Double?]]) -> [[Double?]] {
            let all = matrices.map(values)
            return all[0].indices.map { row in
                all[0].indices.map { column in CompareSummary.mean(all.map { $0[row][column] }) }
            }
        }
        mean.rankCorrelation = average(\.rankCorrelation)
        mean.structuralSimilarity = average(\.structuralSimilarity)
        self = mean
    }
}
