import CFFmpeg

/// The primaries of a signal: matrices to CIE XYZ and between primaries.
///
/// All have the white point D65, so no chromatic adaptation is needed.
public struct Primaries: Sendable, Hashable {
    /// Row-major 3x3: linear red, green and blue to XYZ, with Y = 1 for white.
    let toXYZ: [Double]

    public static let bt709 = Primaries(red: (0.640, 0.330), green: (0.300, 0.600), blue: (0.150, 0.060))
    public static let bt2020 = Primaries(red: (0.708, 0.292), green: (0.170, 0.797), blue: (0.131, 0.046))
    static let displayP3 = Primaries(red: (0.680, 0.320), green: (0.265, 0.690), blue: (0.150, 0.060))

    /// The primaries of a high-dynamic-range signal: BT.2020's (which BT.2100 adopts) unless it states others.
    public init(_ primaries: AVColorPrimaries) {
        switch primaries {
        case AVCOL_PRI_BT709: self = .bt709
        case AVCOL_PRI_SMPTE432: self = .displayP3
        default: self = .bt2020
        }
    }

    private init(red: (Double, Double), green: (Double, Double), blue: (Double, Double)) {
        let (whiteX, whiteY) = (0.3127, 0.3290)
        // Columns: XYZ of each primary at Y = 1, then scaled so that they sum to white.
        let columns = [red, green, blue].map { x, y in [x / y, 1, (1 - x - y) / y] }
        let unscaled = (0..<9).map { columns[$0 % 3][$0 / 3] }
        let white = [whiteX / whiteY, 1, (1 - whiteX - whiteY) / whiteY]
        let scale = Self.apply(Self.inverse(unscaled), white)
        toXYZ = (0..<9).map { unscaled[$0] * scale[$0 % 3] }
    }

    /// The luminance weights of red, green and blue.
    public var luma: [Double] { Array(toXYZ[3..<6]) }

    /// Row-major 3x3: linear light in these primaries to linear light in others.
    public func matrix(to other: Primaries) -> [Double] {
        let inverse = Self.inverse(other.toXYZ)
        var result = [Double](repeating: 0, count: 9)
        for row in 0..<3 {
            for column in 0..<3 {
                for k in 0..<3 { result[row * 3 + column] += inverse[row * 3 + k] * toXYZ[k * 3 + column] }
            }
        }
        return result
    }

    static func apply(_ m: [Double], _ v: [Double]) -> [Double] {
        (0..<3).map { row in m[row * 3] * v[0] + m[row * 3 + 1] * v[1] + m[row * 3 + 2] * v[2] }
    }

    private static func inverse(_ m: [Double]) -> [Double] {
        let cofactors = (0..<9).map { index -> Double in
            let (row, column) = (index / 3, index % 3)
            let (a, b) = ((row + 1) % 3, (row + 2) % 3)
            let (c, d) = ((column + 1) % 3, (column + 2) % 3)
            return m[a * 3 + c] * m[b * 3 + d] - m[a * 3 + d] * m[b * 3 + c]
        }
        let determinant = m[0] * cofactors[0] + m[1] * cofactors[1] + m[2] * cofactors[2]
        return (0..<9).map { cofactors[$0 % 3 * 3 + $0 / 3] / determinant }
    }
}
