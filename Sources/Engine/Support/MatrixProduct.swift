import COpenBLAS

/// Row-major fp32 matrix products by OpenBLAS, one thread each: the pool's threads call it side by side.
enum MatrixProduct {
    /// OpenBLAS keeps its hands off threads from here on; evaluated once.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// Call before the first product.
    static func prepare() { _ = singleThreaded }

    /// `c` (+)= `a` · `b`, or `a` · `b`ᵀ.
    ///
    /// - Parameters:
    ///   - rows: of `a` and `c`.
    ///   - columns: of `c`.
    ///   - depth: columns of `a`.
    ///   - a: `[rows][depth]`, rows `aStride` floats apart.
    ///   - b: `[depth][columns]`, or `[columns][depth]` if `transposed`, rows `bStride` floats apart.
    ///   - accumulates: whether the product is added to `c` or replaces it (then `c` is not read).
    static func compute(
        rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aStride: Int, b: UnsafePointer<Float>,
        bStride: Int, transposed: Bool = false, accumulates: Bool, c: UnsafeMutablePointer<Float>, cStride: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
            blasint(depth), 1, a, blasint(aStride), b, blasint(bStride), accumulates ? 1 : 0, c, blasint(cStride))
    }
}
