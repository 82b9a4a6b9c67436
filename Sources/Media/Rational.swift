import CFFmpeg

/// A ratio of two integers: a time base in seconds, a frame rate in hertz, an aspect ratio.
public struct Rational: Sendable, Hashable {
    public var numerator: Int32
    public var denominator: Int32

    public init(_ numerator: Int32, _ denominator: Int32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    public init(_ value: AVRational) {
        self.init(value.num, value.den)
    }

    public var avRational: AVRational {
        AVRational(num: numerator, den: denominator)
    }

    /// The quotient; 0 if the denominator is 0 (FFmpeg's "unknown").
    public var value: Double {
        denominator == 0 ? 0 : Double(numerator) / Double(denominator)
    }

    /// Whether both parts are positive, so that the ratio is valid.
    public var isPositive: Bool {
        numerator > 0 && denominator > 0
    }

    /// Converts ticks of this time base to seconds.
    public func seconds(_ ticks: Int64) -> Double {
        denominator == 0 ? 0 : Double(ticks) * Double(numerator) / Double(denominator)
    }
}

extension Rational: CustomStringConvertible {
    public var description: String { "\(numerator)/\(denominator)" }
}
