/// The error of a result over all its elements.
public struct Agreement: CustomStringConvertible {
    /// |result - expected| / |expected|, with Euclidean norms.
    public let relativeError: Double
    /// 1 if both have the same direction.
    public let cosine: Double
    public let isSameCount: Bool

    public init(_ result: [Float], _ expected: [Float]) {
        var (error, expectedSquare, resultSquare, product) = (0.0, 0.0, 0.0, 0.0)
        for (x, y) in zip(result, expected) {
            let (x, y) = (Double(x), Double(y))
            error += (x - y) * (x - y)
            resultSquare += x * x
            expectedSquare += y * y
            product += x * y
        }
        relativeError = (error / expectedSquare).squareRoot()
        cosine = product / (resultSquare * expectedSquare).squareRoot()
        isSameCount = result.count == expected.count
    }

    /// Whether the counts are the same, the relative error is at most `error` and the cosine at least `cosine`.
    public func isWithin(error: Double, cosine: Double = -1) -> Bool {
        isSameCount && relativeError <= error && self.cosine >= cosine
    }

    public var description: String { "relative error \(relativeError), cosine \(cosine)" }
}
