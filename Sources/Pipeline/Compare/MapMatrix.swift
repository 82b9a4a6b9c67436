import Engine

/// The pairwise similarities of several maps: symmetric, in the methods' order.
public struct MapMatrix: Sendable, Codable, Equatable {
    /// Spearman's correlation; absent if a map is constant.
    public var rankCorrelation: [[Double?]]
    /// Absent if the frames are too small.
    public var structuralSimilarity: [[Double?]]

    /// - Parameter lower: for each map its similarities to the previous ones.
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

    /// The mean of several matrices of one size; each value's mean is over the matrices that have it. Nil without
    /// matrices.
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
