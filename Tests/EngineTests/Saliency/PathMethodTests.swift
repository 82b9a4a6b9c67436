import TestSupport
import Testing

@testable import Engine

/// The cost of paths, and whether their shares add up.
@Suite("Path methods")
struct PathMethodTests {
    private static let shape = ClipShape(frames: 4, height: 33, width: 34, channels: 3)

    private func session() throws -> EngineSession {
        let session = try EngineSession(
            model: try RandomNetwork.model(width: 1.0 / 24), shape: Self.shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 4)
        return session
    }

    @Test(
        "Passes follow the formula, for one target and for several",
        arguments: [
            (
                Gradient() as any AttributionMethod, PassCount(forward: 1, backward: 1),
                PassCount(forward: 1, backward: 3)
            ),
            (GradientTimesInput(), PassCount(forward: 1, backward: 1), PassCount(forward: 1, backward: 3)),
            (
                SmoothGrad(Gradient(), copies: 4), PassCount(forward: 5, backward: 4),
                PassCount(forward: 5, backward: 12)
            ),
            (
                IntegratedGradients(steps: 6), PassCount(forward: 6, backward: 6), PassCount(forward: 6, backward: 18)
            ),
            (
                GuidedIntegratedGradients(steps: 4), PassCount(forward: 5, backward: 4),
                PassCount(forward: 13, backward: 12)
            ),
            // The first step does not move; the last point is only needed for the gap.
            (
                BlurIntegratedGradients(steps: 4), PassCount(forward: 5, backward: 3),
                PassCount(forward: 5, backward: 9)
            ),
        ])
    func passes(_ method: any AttributionMethod, _ one: PassCount, _ three: PassCount) throws {
        let session = try session()
        let targets: [SaliencyTarget] = [.index(2), .contrast(.index(0), .index(1)), .logProbability(.index(4))]
        let together = try method.explain(session, targets: targets, control: RunControl())
        for (target, explanation) in zip(targets, together) {
            let alone = try method.explain(session, target: target)
            #expect(alone.cost == one)
            #expect(explanation.cost == three)
            #expect(explanation.map == alone.map)
            #expect(explanation.signed == alone.signed)
            #expect(explanation.completeness == alone.completeness)
            #expect(explanation.resolved == alone.resolved)
        }
    }

    /// Koksma's inequality: the error of a rule of n points at equal distances, including both ends, is at most the
    /// variation of the slope along the path divided by n, that of the trapezoidal rule half the variation divided by n
    /// - 1. The factor of 2 allows for the slope's variation between the points.
    @Test(
        "Shares are the mean slope along the line, and add up to the difference except for the error of the steps",
        arguments: ClipBaseline.allCases, PathQuadrature.allCases)
    func completeness(_ baseline: ClipBaseline, _ quadrature: PathQuadrature) throws {
        let session = try session()
        let steps = 100
        let explanation = try IntegratedGradients(baseline: baseline, steps: steps, quadrature: quadrature)
            .explain(session, target: .index(1))
        let completeness = try #require(explanation.completeness)
        let clip = session.clip()
        let start = baseline.values(of: clip, in: session)
        var values: [Double] = []
        let slopes = try (0..<steps).map { step in
            let part = Float(step) / Float(steps - 1)
            session.fillClip { start[$0] + part * (clip[$0] - start[$0]) }
            values.append(Double(try session.forward()[1]))
            try session.backward(target: 1, rule: .gradient)
            let gradient = try session.gradient()
            return gradient.indices.reduce(0.0) { $0 + Double(gradient[$1]) * Double(clip[$1] - start[$1]) }
        }
        let difference = values[steps - 1] - values[0]
        let variation = zip(slopes, slopes.dropFirst()).reduce(0.0) { $0 + ($1.0 - $1.1).magnitude }
        let sum = slopes.reduce(0, +)
        let mean =
            switch quadrature {
            case .pair: sum / Double(steps)
            case .trapezoid: (sum - (slopes[0] + slopes[steps - 1]) / 2) / Double(steps - 1)
            }
        #expect((completeness.attributed - mean).magnitude < 1e-4)
        #expect((completeness.difference - difference).magnitude < 1e-5)
        #expect(completeness.gap == (completeness.attributed - completeness.difference).magnitude)
        let spread = quadrature == .pair ? 1 / Double(steps) : 0.5 / Double(steps - 1)
        #expect(completeness.gap <= 2 * variation * spread)
    }

    @Test("Weights sum to 1; the trapezoidal rule halves the ends, and is exact for linear slopes")
    func quadrature() {
        for quadrature in PathQuadrature.allCases {
            for count in [2, 3, 25] {
                let weights = quadrature.weights(count)
                #expect((weights.reduce(0, +) - 1).magnitude < 1e-12 && weights.count == count)
            }
        }
        #expect(PathQuadrature.trapezoid.weights(5) == [0.125, 0.25, 0.25, 0.25, 0.125])
        #expect(PathQuadrature.pair.weights(5) == [0.2, 0.2, 0.2, 0.2, 0.2])
    }

    @Test("Guided IG on the straight line is Integrated Gradients with each step's first end")
    func straightGuidedPath() throws {
        let session = try session()
        let guided = try GuidedIntegratedGradients(steps: 5, maximumDistance: 0).explain(session, target: .index(0))
        let clip = session.clip()
        let black = session.model.manifest.inputOffset
        var sum = [Float](repeating: 0, count: clip.count)
        for step in 0..<5 {
            session.fillClip { black + Float(step) / 5 * (clip[$0] - black) }
            _ = try session.forward()
            try session.backward(target: 0, rule: .gradient)
            let gradient = try session.gradient()
            for index in sum.indices { sum[index] += gradient[index] * (clip[index] - black) / 5 }
        }
        let agreement = Agreement(try #require(guided.signed), session.signedSum(of: sum))
        #expect(agreement.isWithin(error: 1e-3), "\(agreement)")
    }

    @Test("Blur in time does not change a still clip; blur in space does")
    func blurAxes() throws {
        let session = try session()
        let clip = session.clip()
        session.fillClip { clip[$0 % Self.shape.elementsPerFrame] }
        let time = try BlurIntegratedGradients(axis: .time, steps: 3).explain(session, target: .index(0))
        let largest = time.map.values.max() ?? 0
        #expect(largest < 1e-6, "\(largest)")
        let space = try BlurIntegratedGradients(steps: 3).explain(session, target: .index(0))
        #expect((space.map.values.max() ?? 0) > 1e-3)
    }

    @Test("Gaussian filters: radius, preserved mean, and agreement with SciPy")
    func filters() {
        #expect(GaussianFilter.radius(sigma: 0.1) == 0)
        #expect(GaussianFilter.radius(sigma: 1) == 4)
        let values = (0..<9).map { Double($0 * $0) }
        for sigma in [0, 0.5, 3, 40] {
            let kept = GaussianFilter(sigma: sigma, length: 9, edge: .reflected).apply(values, row: 1)
            #expect((kept.reduce(0, +) - values.reduce(0, +)).magnitude < 1e-9)
        }
        #expect(GaussianFilter(sigma: 0, length: 9, edge: .zero).apply(values, row: 1) == values)
        let lost = GaussianFilter(sigma: 40, length: 9, edge: .zero).apply(values, row: 1)
        #expect(lost.reduce(0, +) < 0.2 * values.reduce(0, +))
        // scipy.ndimage.gaussian_filter1d([1, 0, 0, 0, 2.], 1, mode="constant") and mode="reflect"
        let row: [Double] = [1, 0, 0, 0, 2]
        let constant = GaussianFilter(sigma: 1, length: 5, edge: .zero).apply(row, row: 1)
        let reflected = GaussianFilter(sigma: 1, length: 5, edge: .reflected).apply(row, row: 1)
        for (found, expected) in zip(constant, SciPy.constant) { #expect((found - expected).magnitude < 1e-12) }
        for (found, expected) in zip(reflected, SciPy.reflected) { #expect((found - expected).magnitude < 1e-12) }
    }

    private enum SciPy {
        static let constant = [
            0.39921113060532726, 0.25083516889666324, 0.16197338226211322, 0.48837475293323274, 0.7980207693368102,
        ]
        static let reflected = [
            0.641182576261928, 0.30509395756659713, 0.17526896712220702, 0.5964908383992563, 1.2819636606500118,
        ]
    }

    @Test("Running averages over copies agree with those of all values")
    func noiseAverages() throws {
        let session = try session()
        var random = SeededGenerator(seed: 8)
        let copies = (0..<5).map { _ in random.normals(Self.shape.count, scale: 2) }
        for average in NoiseAverage.allCases {
            var statistics = NoiseStatistics(average, count: Self.shape.count)
            for copy in copies { statistics.add(copy, session: session) }
            let expected = (0..<Self.shape.count).map { index in
                let values = copies.map { Double($0[index]) }
                let mean = values.reduce(0, +) / 5
                return switch average {
                case .mean: Float(mean)
                case .squares: Float(values.reduce(0) { $0 + $1 * $1 } / 5)
                case .variance: Float(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5)
                }
            }
            #expect(Agreement(statistics.result(session: session), expected).isWithin(error: 1e-6))
        }
    }
}
