import Foundation
import TestSupport
import Testing

@testable import Engine

/// Performance information curves, and the blurred images on which they are based, compared with PAIR's package.
@Suite struct InformationTests {
    private struct Golden: Decodable {
        struct Curve: Decodable {
            var saliency: [Float]
            /// The number of restored pixels at each fraction.
            var revealed: [Int]
            var sizes: [Int]
            var predictions: [Double]
            /// Every tenth value of the curve.
            var curve: [Double]
            var area: Double
            /// The area if the curve may also fall.
            var freeArea: Double
            var accuracy: [Double]
            var accuracyArea: Double
        }

        var shape: [Int]
        var image: [UInt8]
        /// Pixels of which no four lie on one circle, unlike in `random`.
        var general: [Int]
        var generalBlurred: [UInt8]
        var random: [Int]
        var randomBlurred: [UInt8]
        var fractions: [Double]
        var curves: [Curve]
        var medianArea: Double
        var meanArea: Double
    }

    private let golden: Golden

    init() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        golden = try decoder.decode(Golden.self, from: Data(GoldenMaterial.bytes("evidence/information.json")))
    }

    private func blurred(_ known: [Int]) -> [UInt8] {
        var isKnown = [Bool](repeating: false, count: golden.shape[0] * golden.shape[1])
        for pixel in known { isKnown[pixel] = true }
        return RevealedImage.bytes(
            golden.image, height: golden.shape[0], width: golden.shape[1], isKnown: isKnown)
    }

    @Test("Curves and their areas agree with PAIR's for the same sizes and predictions")
    func curves() throws {
        var curves: [PerformanceInformationCurve] = []
        for expected in golden.curves {
            let curve = try #require(
                PerformanceInformationCurve(sizes: expected.sizes, predictions: expected.predictions))
            #expect((curve.area - expected.area).magnitude < 1e-12)
            for (index, value) in expected.curve.enumerated() {
                #expect((curve.performance(at: Double(index) / 100) - value).magnitude < 1e-12)
            }
            let free = PerformanceInformationCurve(
                sizes: expected.sizes, predictions: expected.predictions, isMonotonous: false)
            #expect((try #require(free).area - expected.freeArea).magnitude < 1e-12)
            let accuracy = PerformanceInformationCurve(sizes: expected.sizes, predictions: expected.accuracy)
            #expect((try #require(accuracy).area - expected.accuracyArea).magnitude < 1e-12)
            curves.append(curve)
        }
        #expect((try #require(PerformanceInformationCurve.medianArea(curves)) - golden.medianArea).magnitude < 1e-12)
        #expect((try #require(PerformanceInformationCurve.meanArea(curves)) - golden.meanArea).magnitude < 1e-12)
        #expect(PerformanceInformationCurve.meanArea([]) == nil)
    }

    @Test("The same pixels are restored as in PAIR's package, including equal ones")
    func quantiles() {
        for curve in golden.curves {
            let sorted = curve.saliency.sorted()
            let revealed = golden.fractions.map { fraction in
                let least = InformationMetric.quantile(1 - fraction, of: sorted)
                return curve.saliency.count { Double($0) >= least }
            }
            #expect(revealed == curve.revealed)
        }
        #expect(InformationMetric.quantile(0.5, of: [1, 2, 4]) == 2)
        #expect(InformationMetric.quantile(0.25, of: [1, 2]) == 1.25)
        #expect(InformationMetric.quantile(0.75, of: [1, 2]) == 1.75)
        #expect(InformationMetric.quantile(1, of: [1, 2]) == 2)
    }

    @Test("There is no curve if the blurred image and the whole one do not differ")
    func noWay() {
        #expect(PerformanceInformationCurve(sizes: [10, 12, 10], predictions: [0, 0.5, 1]) == nil)
        #expect(PerformanceInformationCurve(sizes: [10, 12, 20], predictions: [0.7, 0.5, 0.7]) == nil)
        #expect(PerformanceInformationCurve(sizes: [10, 20], predictions: [0, 0.7], minimumPrediction: 0.8) == nil)
        #expect(PerformanceInformationCurve(sizes: [], predictions: []) == nil)
        #expect(PerformanceInformationCurve(sizes: [10, 20], predictions: [0.2, 0.7])?.area == 0.5)
    }

    /// If the triangulation is unique, only halves differ, which rounding errors push to either side.
    @Test("Blurred images agree with SciPy's; if four pixels lie on one circle, two triangulations are valid")
    func blurredImages() {
        func differences(_ found: [UInt8], _ expected: [UInt8]) -> [Int] {
            zip(found, expected).map { abs(Int($0) - Int($1)) }
        }
        let general = differences(blurred(golden.general), golden.generalBlurred)
        #expect(general.max() ?? 9 <= 1)
        #expect(general.count { $0 > 0 } < general.count / 1000)
        let random = differences(blurred(golden.random), golden.randomBlurred)
        #expect(random.count { $0 > 1 } < random.count / 50)
        #expect(Double(random.reduce(0, +)) / Double(random.count) < 0.2)
        #expect(blurred(Array(0..<golden.shape[0] * golden.shape[1])) == golden.image)
    }

    @Test(
        "Triangles cover the image once, have the right neighbours, and have no pixel in their circumcircles",
        arguments: 0..<UInt64(6))
    func triangulation(_ seed: UInt64) {
        let (width, height) = (13, 9)
        var random = SplitMix(seed: seed, stream: 0)
        // From four pixels to all of them, with many on one line or circle.
        let isKnown = (0..<width * height).map { _ in random.uniform() < Double(seed) / 5 }
        let triangles = ImageTriangulation(width: width, height: height, isKnown: isKnown).triangles
        let area = triangles.reduce(0) { $0 + $1.a.area($1.b, $1.c) }
        #expect(area == 2 * (width - 1) * (height - 1))
        #expect(triangles.allSatisfy { $0.a.area($0.b, $0.c) > 0 })
        for (place, triangle) in triangles.enumerated() {
            for neighbour in [triangle.ab, triangle.bc, triangle.ca] where neighbour >= 0 {
                let other = triangles[neighbour]
                #expect([other.ab, other.bc, other.ca].contains(place))
                let corners = [other.a, other.b, other.c]
                for corner in corners { #expect(Self.circleSide(triangle, corner) <= 1e-9) }
            }
        }
        let corners = Set(triangles.flatMap { [$0.a, $0.b, $0.c] }.map { $0.y * width + $0.x })
        let known = isKnown.indices.filter { isKnown[$0] }
        #expect(corners == Set(known + [0, width - 1, width * (height - 1), width * height - 1]))
    }

    /// Above 0 inside the triangle's circumcircle, computed from its centre and radius.
    private static func circleSide(
        _ triangle: ImageTriangulation.Triangle, _ point: ImageTriangulation.Point
    ) -> Double {
        let (ax, ay) = (Double(triangle.a.x), Double(triangle.a.y))
        let (bx, by) = (Double(triangle.b.x) - ax, Double(triangle.b.y) - ay)
        let (cx, cy) = (Double(triangle.c.x) - ax, Double(triangle.c.y) - ay)
        let (b, c) = (bx * bx + by * by, cx * cx + cy * cy)
        let twice = 2 * (bx * cy - by * cx)
        let (x, y) = ((cy * b - by * c) / twice, (bx * c - cx * b) / twice)
        let (px, py) = (Double(point.x) - ax - x, Double(point.y) - ay - y)
        return (x * x + y * y).squareRoot() - (px * px + py * py).squareRoot()
    }

    // MARK: - On a network

    private static let shape = ClipShape(frames: 3, height: 34, width: 33, channels: 3)

    private func session(threads: Int = 2) throws -> EngineSession {
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let session = try EngineSession(model: model, shape: Self.shape, pool: ThreadPool(threadCount: threads))
        for frame in 0..<3 {
            var random = SplitMix(seed: UInt64(frame), stream: 9)
            let bytes = (0..<Self.shape.elementsPerFrame).map { _ in UInt8(random.index(below: 256)) }
            try session.setFrame(frame, bytes: bytes.span)
        }
        return session
    }

    private static let map = SaliencyMap(
        frames: 3, height: 34, width: 33, values: (0..<3 * 34 * 33).map { Float($0 * 7 % 1000) })

    @Test("Measured from the blurred clip to the clip itself; sizes are sums over images; the clip is unchanged")
    func onANetwork() throws {
        func measure(threads: Int) throws -> InformationMetric.Value {
            let session = try session(threads: threads)
            let clip = session.clip()
            let metric = InformationMetric(fractions: [0.1, 0.5])
            let values = try metric.values(
                session, maps: [Self.map, Self.map], target: 1,
                size: { image, height, width in
                    image.count == height * width * 3 ? 100 + Set(image).count : nil
                })
            #expect(values[0] == values[1])
            #expect(session.clip() == clip)
            let logits = try session.forward()
            #expect(values[0].probabilities.last == Explanation.probabilities(logits: logits)[1])
            let sizes = (0..<3).map { frame in
                100 + Set(clip[frame * 3366..<(frame + 1) * 3366]).count
            }
            #expect(values[0].bytes.last == sizes.reduce(0, +))
            return values[0]
        }
        let value = try measure(threads: 2)
        #expect(value == (try measure(threads: 1)))
        #expect(value.fractions == [0, 0.1, 0.5, 1])
        #expect(value.bytes == value.bytes.sorted())
        let seeds = InformationMetric().seeds(Self.shape)
        #expect(seeds.count { $0 } == 11)
        #expect(seeds != InformationMetric(seed: 2).seeds(Self.shape))
    }

    @Test("Refused: an image that cannot be compressed, a map of another size, an unknown class, optical flow")
    func refusals() throws {
        let session = try session()
        let clip = session.clip()
        let metric = InformationMetric(fractions: [0.5])
        #expect(throws: ModelError.self) {
            try metric.values(session, maps: [Self.map], target: 0, size: { _, _, _ in nil })
        }
        #expect(throws: ModelError.self) {
            try metric.values(session, maps: [Self.map], target: 99, size: { _, _, _ in 1 })
        }
        let small = SaliencyMap(frames: 1, height: 1, width: 1, values: [0])
        #expect(throws: ModelError.self) {
            try metric.values(session, maps: [small], target: 0, size: { _, _, _ in 1 })
        }
        #expect(session.clip() == clip)
    }
}
