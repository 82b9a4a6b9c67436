/// An image of which only some pixels are known; all others are interpolated (PAIR's `create_blurred_image`).
///
/// Linear in the triangles of a Delaunay triangulation of the known pixels, which always include the four corners, as
/// SciPy's `griddata`. If four known pixels lie on one circle, their quadrilateral may be cut along its other diagonal.
enum RevealedImage {
    /// - Parameters:
    ///   - image: `[H, W, C]`
    ///   - isKnown: `[H, W]`
    /// - Returns: `[H, W, C]`, rounded to nearest, halves to even.
    static func bytes(
        _ image: some RandomAccessCollection<UInt8>, height: Int, width: Int, isKnown: [Bool]
    ) -> [UInt8] {
        var result = Array(image)
        let channels = result.count / (height * width)
        guard isKnown.contains(false), height > 1, width > 1 else { return result }
        let source = result
        for triangle in ImageTriangulation(width: width, height: height, isKnown: isKnown).triangles {
            let (a, b, c) = (triangle.a, triangle.b, triangle.c)
            let area = a.area(b, c)
            for y in min(a.y, b.y, c.y)...max(a.y, b.y, c.y) {
                for x in min(a.x, b.x, c.x)...max(a.x, b.x, c.x) where !isKnown[y * width + x] {
                    let point = ImageTriangulation.Point(x: x, y: y)
                    let (ofA, ofB) = (b.area(c, point), c.area(a, point))
                    let ofC = area - ofA - ofB
                    guard ofA >= 0, ofB >= 0, ofC >= 0 else { continue }
                    for channel in 0..<channels {
                        func value(_ corner: ImageTriangulation.Point) -> Int {
                            Int(source[(corner.y * width + corner.x) * channels + channel])
                        }
                        let sum = ofA * value(a) + ofB * value(b) + ofC * value(c)
                        result[(y * width + x) * channels + channel] = UInt8(
                            truncatingIfNeeded: quotient(sum, area))
                    }
                }
            }
        }
        return result
    }

    /// The quotient rounded to nearest, halves to even, of a value of at least 0 and a divisor above 0.
    private static func quotient(_ value: Int, _ divisor: Int) -> Int {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        let isAbove = 2 * rest > divisor || (2 * rest == divisor && quotient % 2 == 1)
        return quotient + (isAbove ? 1 : 0)
    }
}
