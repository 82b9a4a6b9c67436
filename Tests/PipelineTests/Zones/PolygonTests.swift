import Testing

@testable import Pipeline

@Suite struct PolygonTests {
    @Test func writtenPolygonsAreReadBack() throws {
        let polygon = try Polygon(" 0,0 0.3,0\t0.3,0.1  0,1e-1 ")
        #expect(polygon.points.map(\.x) == [0, 0.3, 0.3, 0] && polygon.points.map(\.y) == [0, 0, 0.1, 0.1])
        #expect(polygon.text == "0.0,0.0 0.3,0.0 0.3,0.1 0.0,0.1")
        #expect(try Polygon(polygon.text) == polygon)
    }

    @Test(arguments: [
        ("", PolygonError.Code.pointCount, "not 0"), ("0,0 1,1", .pointCount, "not 2"),
        (String(repeating: "0,0 ", count: 65), .pointCount, "not 65"),
        ("0,0 1,0 1", .notAPoint, "not 1"), ("0,0 1,0 1,1,1", .notAPoint, "not 1,1,1"),
        ("0,0 1,0 1,", .notAPoint, "not 1,"), ("0;0 1;0 1;1", .notAPoint, "not 0;0"),
        ("0,0 1,0 1.01,1", .outOfRange, "not 1.01,1.0"), ("0,0 1,-0.01 1,1", .outOfRange, "not 1.0,-0.01"),
        ("0,0 1,0 nan,1", .outOfRange, "not nan"), ("0,0 1,0 inf,1", .outOfRange, "not inf"),
        ("0,0 0.5,0.5 1,1", .noArea, "no area"), ("0.5,0.5 0.5,0.5 0.5,0.5", .noArea, "no area"),
        ("0,0 0.001,0 0.001,0.001", .noArea, "no area"),
        // Traversed twice: every point inside is inside twice, which counts as outside.
        ("0,0 1,0 1,1 0,1 0,0 1,0 1,1 0,1", .noArea, "no area"),
    ])
    func invalidPolygonsAreRefused(_ text: String, _ code: PolygonError.Code, _ mention: String) throws {
        let error = try #require(throws: PolygonError.self) { try Polygon(text) }
        #expect(error.code == code && error.reason.contains(mention), "\(error)")
    }

    @Test func sixtyFourPointsAreAllowed() throws {
        let upper = (0..<32).map { "\(Double($0) / 31),0.25" }
        let lower = (0..<32).reversed().map { "\(Double($0) / 31),0.75" }
        let area = try Polygon((upper + lower).joined(separator: " ")).area
        #expect(abs(area - 0.5) < 1e-12)
    }

    @Test(arguments: [
        ("0,0 1,0 1,1 0,1", 1.0), ("0.25,0.25 0.75,0.25 0.75,0.5 0.25,0.5", 0.125), ("0,0 1,0 0,1", 0.5),
        // Counter-clockwise gives the same.
        ("0,0 0,1 1,0", 0.5),
        // Two triangles whose signed areas cancel.
        ("0,0 1,1 1,0 0,1", 0.5),
        // A star with five points: its centre is inside twice, which counts as outside.
        ("0.5,0 0.8,0.95 0,0.35 1,0.35 0.2,0.95", 0.213_964_165_733_482_65),
    ])
    func areas(_ text: String, _ area: Double) throws {
        #expect(abs(try Polygon(text).area - area) < 1e-12)
    }
}
