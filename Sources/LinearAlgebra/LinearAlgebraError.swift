/// An error of a computation with matrices.
public struct LinearAlgebraError: Error, Sendable, Equatable {
    public enum Code: String, Sendable {
        /// OpenBLAS cannot be loaded.
        case unavailable
        /// Sizes do not fit each other, or are too large for OpenBLAS.
        case sizes
        /// A value is not finite.
        case notFinite
        /// The work was cancelled.
        case cancelled
    }

    public var code: Code
    /// A sentence without a full stop.
    public var reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension LinearAlgebraError: CustomStringConvertible {
    public var description: String { reason }
}
