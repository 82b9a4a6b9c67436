import COpenBLAS
import Synchronization

/// The functions of OpenBLAS, which is loaded when the first value of this type is made.
///
/// The library computes on the caller's thread alone, so that the same machine gives the same bytes however many cores
/// it has. It chooses its kernels by the CPU: another CPU may round differently. Any number of threads may call; their
/// calls run one at a time.
public struct OpenBLAS: Sendable {
    private static let turn = Mutex(())

    /// - Throws: `LinearAlgebraError.Code.unavailable` if the library cannot be loaded.
    public init() throws(LinearAlgebraError) {
        if let reason = saliency_openblas_load() {
            throw LinearAlgebraError(
                .unavailable,
                "OpenBLAS cannot be loaded (\(String(cString: reason))); Debian has it in the package libopenblas0")
        }
    }

    /// The product op(a) · op(b), where op transposes if asked to.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` if the sizes do not fit.
    public func product(
        _ a: Matrix, isTransposed isATransposed: Bool = false, _ b: Matrix, isTransposed isBTransposed: Bool = false
    ) throws(LinearAlgebraError) -> Matrix {
        var result = try Matrix(
            rows: isATransposed ? a.columns : a.rows, columns: isBTransposed ? b.rows : b.columns)
        try multiply(a, isTransposed: isATransposed, b, isTransposed: isBTransposed, adding: 0, to: &result)
        return result
    }

    /// result = op(a) · op(b) + `factor` · result; with a factor of 0, what `result` held makes no difference.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` if the sizes do not fit.
    public func multiply(
        _ a: Matrix, isTransposed isATransposed: Bool = false, _ b: Matrix, isTransposed isBTransposed: Bool = false,
        adding factor: Double, to result: inout Matrix
    ) throws(LinearAlgebraError) {
        let (rows, inner) = isATransposed ? (a.columns, a.rows) : (a.rows, a.columns)
        let (otherInner, columns) = isBTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
        guard inner == otherInner, result.rows == rows, result.columns == columns else {
            throw LinearAlgebraError(
                .sizes,
                "a product of \(rows)x\(inner) and \(otherInner)x\(columns) does not give \(result.rows)x\(result.columns)"
            )
        }
        guard rows > 0, columns > 0 else { return }
        guard inner > 0 else {
            // A factor of 0 also removes what is not finite.
            result.values = result.values.map { factor == 0 ? 0 : factor * $0 }
            return
        }
        a.values.withUnsafeBufferPointer { a in
            b.values.withUnsafeBufferPointer { b in
                result.values.withUnsafeMutableBufferPointer { result in
                    Self.turn.withLock { _ in
                        saliency_openblas_multiply(
                            Int32(rows), Int32(columns), Int32(inner), a.baseAddress, isATransposed ? 1 : 0,
                            b.baseAddress, isBTransposed ? 1 : 0, factor, result.baseAddress)
                    }
                }
            }
        }
    }

    /// The sum of the products of the elements.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` if the counts differ or are too large.
    public func dot(_ x: [Double], _ y: [Double]) throws(LinearAlgebraError) -> Double {
        try Self.check(x.count, y.count)
        return Self.turn.withLock { _ in saliency_openblas_dot(Int32(x.count), x, y) }
    }

    /// y += `factor` · x.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` if the counts differ or are too large.
    public func add(_ factor: Double, _ x: [Double], to y: inout [Double]) throws(LinearAlgebraError) {
        try Self.check(x.count, y.count)
        y.withUnsafeMutableBufferPointer { y in
            Self.turn.withLock { _ in saliency_openblas_add(Int32(x.count), factor, x, y.baseAddress) }
        }
    }

    private static func check(_ count: Int, _ other: Int) throws(LinearAlgebraError) {
        guard count == other, count <= Matrix.largestCount else {
            throw LinearAlgebraError(.sizes, "vectors of \(count) and \(other) elements cannot be combined")
        }
    }
}
