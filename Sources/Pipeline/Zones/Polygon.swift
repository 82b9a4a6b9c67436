/// A polygon in a frame, in fractions of the displayed frame: (0, 0) is its top left corner, (1, 1) its bottom right
/// one.
///
/// Edges may cross each other: a point is inside if a ray from it crosses an odd number of edges (the even-odd rule).
public struct Polygon: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        /// 0…1, from left to right and from top to bottom.
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// The corners in order; the last is connected to the first.
    public let points: [Point]

    public static let wholeFrame = Polygon(
        corners: [Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0, y: 1)])

    /// The allowed numbers of corners.
    public static let counts = 3...64
    /// The smallest area, as a fraction of the frame's: less than a pixel of any common frame.
    private static let smallestArea = 1e-6

    private init(corners: [Point]) {
        points = corners
    }

    /// - Throws: `PolygonError` unless there are 3 to 64 points, each from 0 to 1, with an area between them.
    public init(_ points: [Point]) throws(PolygonError) {
        guard Self.counts.contains(points.count) else {
            throw PolygonError(.pointCount, "has to have 3 to 64 points, not \(points.count)")
        }
        for point in points where !(0...1).contains(point.x) || !(0...1).contains(point.y) {
            throw PolygonError(.outOfRange, "has coordinates from 0 to 1, not \(point.x),\(point.y)")
        }
        self.points = points
        guard area >= Self.smallestArea else { throw PolygonError(.noArea, "has points with no area between them") }
    }

    /// Parses `x,y` pairs separated by spaces, such as `0,0 0.3,0 0.3,0.1`.
    ///
    /// - Throws: `PolygonError` for anything else, and as `init(_:)`.
    public init(_ text: String) throws(PolygonError) {
        let pairs = text.split(whereSeparator: \.isWhitespace)
        guard pairs.count <= Self.counts.upperBound else {
            throw PolygonError(.pointCount, "has to have 3 to 64 points, not \(pairs.count)")
        }
        var points: [Point] = []
        for pair in pairs {
            let numbers = pair.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard numbers.count == 2, let x = numbers[0], let y = numbers[1] else {
                throw PolygonError(.notAPoint, "has to be points such as 0,0 0.3,0 0.3,0.1, not \(pair.prefix(40))")
            }
            points.append(Point(x: x, y: y))
        }
        try self.init(points)
    }

    /// The text in the format that `init(_:)` parses.
    public var text: String { points.map { "\($0.x),\($0.y)" }.joined(separator: " ") }

    /// The area inside, as a fraction of the frame's.
    public var area: Double {
        PolygonCoverage(self, columns: 1, rows: 1) { $0 }.values[0]
    }
}

/// The reason why points do not form a valid polygon.
public struct PolygonError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable {
        case pointCount, notAPoint, outOfRange, noArea
    }

    public var code: Code
    /// A clause whose subject is the polygon.
    public var reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    public var description: String { reason }
}
