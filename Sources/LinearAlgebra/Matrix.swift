/// A dense matrix of doubles, `[rows, columns]`, row-major.
public struct Matrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    public internal(set) var values: [Double]

    /// The largest number of rows, of columns and of values: what OpenBLAS counts with 32 bits.
    public static let largestCount = Int(Int32.max)

    /// - Throws: `LinearAlgebraError.Code.sizes` if there are not `rows * columns` values, or more than `largestCount`.
    public init(rows: Int, columns: Int, values: [Double]) throws(LinearAlgebraError) {
        let count = try Self.count(rows, columns)
        guard values.count == count else {
            throw LinearAlgebraError(.sizes, "\(values.count) values for a matrix of \(rows)x\(columns)")
        }
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix of zeros.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` for more than `largestCount` values.
    public init(rows: Int, columns: Int) throws(LinearAlgebraError) {
        values = [Double](repeating: 0, count: try Self.count(rows, columns))
        self.rows = rows
        self.columns = columns
    }

    private static func count(_ rows: Int, _ columns: Int) throws(LinearAlgebraError) -> Int {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, max(rows, columns) <= largestCount, !overflow, count <= largestCount else {
            throw LinearAlgebraError(.sizes, "a matrix of \(rows)x\(columns) is too large")
        }
        return count
    }

    /// A copy of a row; the index must exist.
    public func row(_ index: Int) -> ArraySlice<Double> {
        values[index * columns..<(index + 1) * columns]
    }

    /// The row and column must exist.
    public subscript(row: Int, column: Int) -> Double {
        values[row * columns + column]
    }
}
