/// The Delaunay triangulation of some pixels of an image, which always include its four corners.
///
/// Coordinates are integers, so that every decision is exact. If four pixels lie on one circle, the order of insertion
/// decides, which depends only on their positions. Points are inserted in randomised rounds, each along a curve through
/// the image (Amenta, Choi and Rote, "Incremental constructions con BRIO", 2003), in time proportional to their number.
struct ImageTriangulation {
    /// The maximum edge of an image, in pixels, for which the computations fit in 64 bits.
    static let maximumEdge = 1 << 14

    struct Point: Equatable, Sendable {
        let x: Int
        let y: Int

        /// Twice the signed area of the triangle: above 0 if this point, `b` and `c` turn from the x axis to the y
        /// axis.
        func area(_ b: Point, _ c: Point) -> Int {
            (b.x &- x) &* (c.y &- y) &- (b.y &- y) &* (c.x &- x)
        }
    }

    /// Edge i goes from corner i to the next; `ab`, `bc` and `ca` are the indices of the triangles beyond the edges, −1
    /// for none.
    struct Triangle {
        var a: Point
        var b: Point
        var c: Point
        var ab: Int
        var bc: Int
        var ca: Int

        /// The same triangle with its corners rotated so that `ab` is its edge to `neighbour`.
        func rotated(toStartAt neighbour: Int) -> Triangle {
            if ab == neighbour { return self }
            if bc == neighbour { return Triangle(a: b, b: c, c: a, ab: bc, bc: ca, ca: ab) }
            return Triangle(a: c, b: a, c: b, ab: ca, bc: ab, ca: bc)
        }
    }

    private(set) var triangles: [Triangle]
    private var last = 0
    /// Triangles whose first edge may violate the Delaunay condition; the new point is their third corner.
    private var unchecked: [Int] = []

    /// - Parameters:
    ///   - width: 2 to `maximumEdge`, as `height`.
    ///   - isKnown: `[H, W]`; the pixels to triangulate.
    init(width: Int, height: Int, isKnown: [Bool]) {
        let (right, bottom) = (width - 1, height - 1)
        let corners = [(0, 0), (right, 0), (right, bottom), (0, bottom)].map { Point(x: $0, y: $1) }
        triangles = [
            Triangle(a: corners[0], b: corners[1], c: corners[2], ab: -1, bc: -1, ca: 1),
            Triangle(a: corners[0], b: corners[2], c: corners[3], ab: 0, bc: -1, ca: -1),
        ]
        for point in Self.order(width: width, isKnown: isKnown) where !corners.contains(point) { insert(point) }
    }

    /// The order of insertion: half of the pixels in the last round, a quarter in the one before, and so on; within a
    /// round along a Z-order curve.
    private static func order(width: Int, isKnown: [Bool]) -> [Point] {
        var keys: [UInt64] = []
        for (pixel, isKnown) in isKnown.enumerated() where isKnown {
            let round = UInt64(63 - SplitMix.mixed(UInt64(pixel) &+ 1).trailingZeroBitCount % 64)
            keys.append(round << 32 | spread(UInt64(pixel % width)) | spread(UInt64(pixel / width)) << 1)
        }
        return keys.sorted().map { Point(x: Int(gathered($0 & 0xFFFF_FFFF)), y: Int(gathered($0 >> 1 & 0x7FFF_FFFF))) }
    }

    /// The 16 low bits, each followed by a 0.
    private static func spread(_ value: UInt64) -> UInt64 {
        var bits = value & 0xFFFF
        bits = (bits | bits << 8) & 0x00FF_00FF
        bits = (bits | bits << 4) & 0x0F0F_0F0F
        bits = (bits | bits << 2) & 0x3333_3333
        return (bits | bits << 1) & 0x5555_5555
    }

    /// Every second bit, starting with the lowest.
    private static func gathered(_ value: UInt64) -> UInt64 {
        var bits = value & 0x5555_5555
        bits = (bits | bits >> 1) & 0x3333_3333
        bits = (bits | bits >> 2) & 0x0F0F_0F0F
        bits = (bits | bits >> 4) & 0x00FF_00FF
        return (bits | bits >> 8) & 0xFFFF
    }

    // MARK: - Insertion

    private mutating func insert(_ point: Point) {
        let home = find(point)
        let old = triangles[home]
        if old.a.area(old.b, point) == 0 {
            splitEdge(home, old, at: point)
        } else if old.b.area(old.c, point) == 0 {
            splitEdge(home, Triangle(a: old.b, b: old.c, c: old.a, ab: old.bc, bc: old.ca, ca: old.ab), at: point)
        } else if old.c.area(old.a, point) == 0 {
            splitEdge(home, Triangle(a: old.c, b: old.a, c: old.b, ab: old.ca, bc: old.ab, ca: old.bc), at: point)
        } else {
            let (second, third) = (triangles.count, triangles.count + 1)
            triangles[home] = Triangle(a: old.a, b: old.b, c: point, ab: old.ab, bc: second, ca: third)
            triangles.append(Triangle(a: old.b, b: old.c, c: point, ab: old.bc, bc: third, ca: home))
            triangles.append(Triangle(a: old.c, b: old.a, c: point, ab: old.ca, bc: home, ca: second))
            replaceNeighbour(of: old.bc, home, with: second)
            replaceNeighbour(of: old.ca, home, with: third)
            unchecked += [home, second, third]
        }
        while let triangle = unchecked.popLast() { flipIfNotDelaunay(triangle) }
        last = home
    }

    /// The triangle that contains `point`, found by walking from the last one; the point must lie in the image.
    private func find(_ point: Point) -> Int {
        var place = last
        while true {
            let triangle = triangles[place]
            if triangle.a.area(triangle.b, point) < 0 {
                place = triangle.ab
            } else if triangle.b.area(triangle.c, point) < 0 {
                place = triangle.bc
            } else if triangle.c.area(triangle.a, point) < 0 {
                place = triangle.ca
            } else {
                return place
            }
        }
    }

    /// - Parameter old: triangle `home`, rotated to start at the edge on which `point` lies.
    private mutating func splitEdge(_ home: Int, _ old: Triangle, at point: Point) {
        let second = triangles.count
        let opposite = old.ab
        let fourth = opposite < 0 ? -1 : second + 1
        triangles[home] = Triangle(a: old.c, b: old.a, c: point, ab: old.ca, bc: fourth, ca: second)
        triangles.append(Triangle(a: old.b, b: old.c, c: point, ab: old.bc, bc: home, ca: opposite))
        replaceNeighbour(of: old.bc, home, with: second)
        unchecked += [home, second]
        guard opposite >= 0 else { return }
        let beyond = triangles[opposite].rotated(toStartAt: home)
        triangles[opposite] = Triangle(a: beyond.c, b: beyond.a, c: point, ab: beyond.ca, bc: second, ca: fourth)
        triangles.append(Triangle(a: beyond.b, b: beyond.c, c: point, ab: beyond.bc, bc: opposite, ca: home))
        replaceNeighbour(of: beyond.bc, opposite, with: fourth)
        unchecked += [opposite, fourth]
    }

    /// Flips the first edge of a triangle if the corner beyond it lies in the triangle's circumcircle.
    private mutating func flipIfNotDelaunay(_ place: Int) {
        let here = triangles[place]
        guard here.ab >= 0 else { return }
        let other = here.ab
        let beyond = triangles[other].rotated(toStartAt: place)
        guard Self.isInCircle(here, beyond.c) else { return }
        triangles[place] = Triangle(a: here.a, b: beyond.c, c: here.c, ab: beyond.bc, bc: other, ca: here.ca)
        triangles[other] = Triangle(a: beyond.c, b: here.b, c: here.c, ab: beyond.ca, bc: here.bc, ca: place)
        replaceNeighbour(of: beyond.bc, other, with: place)
        replaceNeighbour(of: here.bc, place, with: other)
        unchecked += [place, other]
    }

    private mutating func replaceNeighbour(of triangle: Int, _ old: Int, with new: Int) {
        guard triangle >= 0 else { return }
        if triangles[triangle].ab == old {
            triangles[triangle].ab = new
        } else if triangles[triangle].bc == old {
            triangles[triangle].bc = new
        } else {
            triangles[triangle].ca = new
        }
    }

    private static func isInCircle(_ triangle: Triangle, _ point: Point) -> Bool {
        let (ax, ay) = (triangle.a.x &- point.x, triangle.a.y &- point.y)
        let (bx, by) = (triangle.b.x &- point.x, triangle.b.y &- point.y)
        let (cx, cy) = (triangle.c.x &- point.x, triangle.c.y &- point.y)
        let a = (ax &* ax &+ ay &* ay) &* (bx &* cy &- by &* cx)
        let b = (bx &* bx &+ by &* by) &* (cx &* ay &- cy &* ax)
        let c = (cx &* cx &+ cy &* cy) &* (ax &* by &- ay &* bx)
        return a &+ b &+ c > 0
    }
}
