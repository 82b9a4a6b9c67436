/// How far `explain` is; a value that may be shown or logged.
public struct ExplainProgress: Sendable, Equatable {
    /// 0…1, of the method's work.
    public var fraction: Double
    /// Seconds since the network began.
    public var elapsedSeconds: Double

    public init(fraction: Double, elapsedSeconds: Double) {
        self.fraction = fraction
        self.elapsedSeconds = elapsedSeconds
    }

    /// Seconds that remain at the speed so far; nil at the beginning.
    public var remainingSeconds: Double? {
        fraction > 0 ? elapsedSeconds * (1 - fraction) / fraction : nil
    }
}
