import TestSupport
import Testing

@testable import LinearAlgebra

/// The functions of OpenBLAS compared with plain loops.
@Suite struct OpenBLASTests {
    private let blas: OpenBLAS

    init() throws {
        blas = try OpenBLAS()
    }

    private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix {
        var random = SeededGenerator(seed: seed)
        return try Matrix(rows: rows, columns: columns, values: random.doubles(rows * columns))
    }

    private func transposed(_ matrix: Matrix) throws -> Matrix {
        try Matrix(
            rows: matrix.columns, columns: matrix.rows,
            values: (0..<matrix.columns).flatMap { column in (0..<matrix.rows).map { matrix[$0, column] } })
    }

    /// The bound: sums of up to 31 products below 1, each rounded at most twice at 2⁻⁵³.
    private static let bound = 31 * 2 * 0x1p-53 * 31

    @Test(
        "Products equal plain sums, whichever of the factors is transposed", arguments: [false, true], [false, true])
    func products(_ isATransposed: Bool, _ isBTransposed: Bool) throws {
        for (rows, inner, columns) in [(1, 1, 1), (5, 31, 3), (17, 8, 9), (2, 0, 3)] {
            let a = try matrix(rows, inner, seed: 1)
            let b = try matrix(inner, columns, seed: 2)
            let before = try matrix(rows, columns, seed: 3)
            var result = before
            try blas.multiply(
                isATransposed ? transposed(a) : a, isTransposed: isATransposed, isBTransposed ? transposed(b) : b,
                isTransposed: isBTransposed, adding: -0.5, to: &result)
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = -0.5 * before[row, column]
                    for index in 0..<inner { sum += a[row, index] * b[index, column] }
                    #expect((result[row, column] - sum).magnitude <= Self.bound)
                }
            }
        }
    }

    @Test func aFactorOfZeroIgnoresWhatTheResultHeld() throws {
        var result = try Matrix(rows: 2, columns: 3, values: [Double](repeating: .nan, count: 6))
        try blas.multiply(matrix(2, 4, seed: 1), matrix(4, 3, seed: 2), adding: 0, to: &result)
        #expect(try result == blas.product(matrix(2, 4, seed: 1), matrix(4, 3, seed: 2)))
        #expect(result.values.allSatisfy { $0.isFinite })
        try blas.multiply(Matrix(rows: 2, columns: 0), Matrix(rows: 0, columns: 3), adding: 0, to: &result)
        #expect(result.values.allSatisfy { $0 == 0 })
    }

    @Test func vectorsAreCombined() throws {
        var random = SeededGenerator(seed: 4)
        for count in [0, 1, 31] {
            let (x, y) = (random.doubles(count), random.doubles(count))
            let sum = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
            #expect((try blas.dot(x, y) - sum).magnitude <= Self.bound)
            var result = y
            try blas.add(-2, x, to: &result)
            for index in 0..<count { #expect((result[index] - (y[index] - 2 * x[index])).magnitude <= Self.bound) }
        }
    }

    @Test func sizesThatDoNotFitAreErrors() throws {
        let (a, b) = (try matrix(2, 3, seed: 1), try matrix(2, 3, seed: 2))
        var result = try Matrix(rows: 2, columns: 2)
        #expect(throws: LinearAlgebraError.self) { try blas.product(a, b) }
        #expect(throws: LinearAlgebraError.self) { try blas.multiply(a, isTransposed: true, b, adding: 0, to: &result) }
        #expect(throws: LinearAlgebraError.self) { try blas.dot([1], [1, 2]) }
        var short = [1.0]
        #expect(throws: LinearAlgebraError.self) { try blas.add(1, [1, 2], to: &short) }
        #expect(throws: LinearAlgebraError.self) { try Matrix(rows: 2, columns: 2, values: [1, 2, 3]) }
        #expect(throws: LinearAlgebraError.self) { try Matrix(rows: -1, columns: 2) }
        #expect(throws: LinearAlgebraError.self) { try Matrix(rows: .max, columns: .max) }
        #expect(throws: LinearAlgebraError.self) { try Matrix(rows: 1 << 16, columns: 1 << 16) }
    }

    @Test("The same product has the same bytes, also if many threads compute")
    func isRepeatable() async throws {
        let (a, b) = (try matrix(300, 200, seed: 5), try matrix(200, 60, seed: 6))
        let expected = try blas.product(a, b)
        try await withThrowingTaskGroup(of: Bool.self) { [blas] group in
            for _ in 0..<8 { group.addTask { try blas.product(a, b) == expected } }
            for try await isSame in group { #expect(isSame) }
        }
    }
}

extension SeededGenerator {
    /// Evenly distributed in -1..<1.
    mutating func doubles(_ count: Int) -> [Double] {
        (0..<count).map { _ in Double(next() >> 11) * 0x1p-52 - 1 }
    }
}
