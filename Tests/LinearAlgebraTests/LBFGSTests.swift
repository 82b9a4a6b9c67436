import Foundation
import Testing

@testable import LinearAlgebra

/// The minimiser on functions whose minimum is known.
@Suite struct LBFGSTests {
    private let blas: OpenBLAS

    init() throws {
        blas = try OpenBLAS()
    }

    /// Σ c · (x - m)² / 2 with c from 0.03 to 30.
    @Test func findsTheMinimumOfABadlyScaledParabola() throws {
        let factors = (0..<20).map { pow(10, Double($0) * 3 / 19 - 1.5) }
        let minima = (0..<20).map { sin(Double($0)) }
        let found = try LBFGS(gradientTolerance: 1e-10, maximumIterations: 1000).minimize(
            from: [Double](repeating: 5, count: 20), blas: blas
        ) { point in
            let gradient = point.indices.map { factors[$0] * (point[$0] - minima[$0]) }
            return (zip(gradient, zip(point, minima)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) / 2 }, gradient)
        }
        #expect(found.isConverged && found.gradient <= 1e-10)
        // A gradient of 1e-10 leaves an error of 1e-10 / 0.03.
        for (value, minimum) in zip(found.point, minima) { #expect((value - minimum).magnitude <= 4e-9) }
    }

    /// log(eˣ⁻¹ + e⁻²ˣ): slopes from -2 to 1, far from a parabola; the minimum is where eˣ⁻¹ = 2 e⁻²ˣ.
    @Test(arguments: [-40.0, 0, 30, 500])
    func findsTheMinimumFromFarAway(_ start: Double) throws {
        let found = try LBFGS(gradientTolerance: 1e-12, maximumIterations: 200).minimize(from: [start], blas: blas) {
            point in
            let (up, down) = (point[0] - 1, -2 * point[0])
            let most = max(up, down)
            let (a, b) = (exp(up - most), exp(down - most))
            return (most + log(a + b), [(a - 2 * b) / (a + b)])
        }
        #expect(found.isConverged)
        #expect((found.point[0] - (log(2) + 1) / 3).magnitude < 1e-11)
    }

    @Test func endsAtTheLimitOfIterations() throws {
        let found = try LBFGS(gradientTolerance: 0, maximumIterations: 3).minimize(from: [1, 1], blas: blas) { point in
            (
                exp(point[0]) + exp(-point[0] + point[1]) + point[1] * point[1],
                [
                    exp(point[0]) - exp(-point[0] + point[1]), exp(-point[0] + point[1]) + 2 * point[1],
                ]
            )
        }
        #expect(!found.isConverged && found.iterations == 3)
    }

    @Test func aStartWithoutAFiniteValueIsAnError() throws {
        let search = LBFGS(gradientTolerance: 1e-6, maximumIterations: 10)
        let error = #expect(throws: LinearAlgebraError.self) {
            try search.minimize(from: [0], blas: blas) { _ in (.nan, [0]) }
        }
        #expect(error?.code == .notFinite)
        let cancelled = #expect(throws: LinearAlgebraError.self) {
            try search.minimize(from: [1], blas: blas, isCancelled: { true }) { ($0[0] * $0[0], [2 * $0[0]]) }
        }
        #expect(cancelled?.code == .cancelled)
    }

    /// Values that are infinite beyond a wall are steps that are too long.
    @Test func walksAwayFromInfiniteValues() throws {
        let found = try LBFGS(gradientTolerance: 1e-9, maximumIterations: 100).minimize(from: [0.9], blas: blas) {
            point in
            guard point[0] > 0, point[0] < 1 else { return (.infinity, [.nan]) }
            return (-log(point[0]) - log(1 - point[0]), [-1 / point[0] + 1 / (1 - point[0])])
        }
        #expect(found.isConverged && (found.point[0] - 0.5).magnitude < 1e-9)
    }
}
