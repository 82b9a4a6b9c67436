import Foundation
import TestSupport
import Testing

@testable import LinearAlgebra

/// Logistic regression compared with finite differences and with scikit-learn (`tools/golden/make_fit.py`).
@Suite struct LogisticRegressionTests {
    struct Golden: Decodable {
        struct Optimum: Decodable {
            var strength: Double
            var weights: [Double]
            var bias: [Double]
            var objective: Double
            var logProbabilities: [Double]
        }

        struct Case: Decodable {
            var classes: Int
            var clips: Int
            var features: Int
            var values: [Double]
            var scaled: [Double]
            var labels: [Int]
            var optima: [Optimum]
        }

        var cases: [Case]

        static func read() throws -> Golden {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Self.self, from: Data(GoldenMaterial.bytes("fit/golden.json")))
        }
    }

    private let blas: OpenBLAS

    init() throws {
        blas = try OpenBLAS()
    }

    private func regression(_ golden: Golden.Case) throws -> (LogisticRegression, Matrix) {
        let features = try Matrix(rows: golden.clips, columns: golden.features, values: golden.scaled)
        return (
            try LogisticRegression(features: features, labels: golden.labels, classCount: golden.classes), features
        )
    }

    @Test func gradientEqualsFiniteDifferences() throws {
        let golden = try Golden.read().cases[0]
        let (regression, _) = try regression(golden)
        var random = SeededGenerator(seed: 3)
        let point = random.doubles((golden.features + 1) * golden.classes)
        let (_, gradient) = try regression.objective(point, strength: 0.7, blas: blas)
        let step = 1e-5
        for index in point.indices {
            var (above, below) = (point, point)
            above[index] += step
            below[index] -= step
            let rise =
                try regression.objective(above, strength: 0.7, blas: blas).value
                - regression.objective(below, strength: 0.7, blas: blas).value
            // Central differences: the error is step² times a third derivative below 1, and 2⁻⁵² / step of rounding.
            #expect((gradient[index] - rise / (2 * step)).magnitude < 1e-9, "\(index)")
        }
    }

    @Test("The optimum is scikit-learn's, for several classes and for two", arguments: [0, 1])
    func optimum(_ index: Int) throws {
        let golden = try Golden.read().cases[index]
        let (regression, features) = try regression(golden)
        for optimum in golden.optima {
            let fit = try regression.fit(strength: optimum.strength, blas: blas)
            #expect(fit.isConverged && fit.gradient <= LogisticRegression.gradientTolerance)
            #expect(fit.head.bias.reduce(0, +).magnitude < 1e-9)
            // The objective is strongly convex in the weights with m = strength / clips, so that a gradient of norm g
            // leaves an error of g / m at most, and g² / 2m of the objective.
            let norm = LogisticRegression.gradientTolerance * Double(optimum.weights.count).squareRoot()
            let bound = norm / (optimum.strength / Double(golden.clips))
            #expect((fit.objective - optimum.objective).magnitude <= norm * bound / 2 + 1e-15)
            for (weight, expected) in zip(fit.head.weights.values, optimum.weights) {
                #expect((weight - expected).magnitude <= bound)
            }
            let answers = try fit.head.logProbabilities(features, blas: blas)
            // A logarithm of a probability changes by twice the largest change of a logit at most: the norm of the
            // features, below 3, times the weights' error, and as much for the bias.
            for (answer, expected) in zip(answers.values, optimum.logProbabilities) {
                #expect((answer - expected).magnitude <= 2 * (3 + 3) * bound)
            }
        }
    }

    @Test func aFitThatBeginsElsewhereEndsAtTheSameOptimum() throws {
        let golden = try Golden.read().cases[0]
        let (regression, _) = try regression(golden)
        let strong = try regression.fit(strength: 3, blas: blas)
        let weak = try regression.fit(strength: 0.1, from: strong.head, blas: blas)
        let direct = try regression.fit(strength: 0.1, blas: blas)
        for (one, other) in zip(weak.head.weights.values, direct.head.weights.values) {
            #expect((one - other).magnitude < 1e-4)
        }
        #expect(try regression.fit(strength: 0.1, blas: blas).head == direct.head)
    }

    @Test func scalingIsFoldedBackIntoTheHead() throws {
        for golden in try Golden.read().cases {
            let features = try Matrix(rows: golden.clips, columns: golden.features, values: golden.values)
            let scale = FeatureScale(features)
            let scaled = try scale.apply(to: features)
            for (value, expected) in zip(scaled.values, golden.scaled) {
                #expect((value - expected).magnitude < 1e-13)
            }
            let fit = try LogisticRegression(features: scaled, labels: golden.labels, classCount: golden.classes)
                .fit(strength: 0.1, blas: blas)
            let plain = try scale.unscaled(fit.head).logProbabilities(features, blas: blas)
            for (value, expected) in zip(plain.values, try fit.head.logProbabilities(scaled, blas: blas).values) {
                #expect((value - expected).magnitude < 1e-11)
            }
        }
    }

    @Test func featuresThatAreAllTheSameGiveTheClassesShares() throws {
        let features = try Matrix(rows: 4, columns: 2, values: [1, 2, 1, 2, 1, 2, 1, 2])
        let scale = FeatureScale(features)
        #expect(scale.distance == 1)
        let fit = try LogisticRegression(features: scale.apply(to: features), labels: [0, 0, 0, 1], classCount: 2)
            .fit(strength: 1, blas: blas)
        let answers = try fit.head.logProbabilities(scale.apply(to: features), blas: blas)
        #expect((exp(answers[0, 0]) - 0.75).magnitude < 1e-6)
    }

    @Test func impossibleProblemsAreErrors() throws {
        let features = try Matrix(rows: 2, columns: 1, values: [1, 2])
        func code(_ body: () throws -> Void) -> LinearAlgebraError.Code? {
            #expect(throws: LinearAlgebraError.self) { try body() }?.code
        }
        #expect(code { _ = try LogisticRegression(features: features, labels: [0], classCount: 2) } == .sizes)
        #expect(code { _ = try LogisticRegression(features: features, labels: [0, 2], classCount: 2) } == .sizes)
        #expect(code { _ = try LogisticRegression(features: features, labels: [0, -1], classCount: 2) } == .sizes)
        let none = try Matrix(rows: 0, columns: 1)
        #expect(code { _ = try LogisticRegression(features: none, labels: [], classCount: 2) } == .sizes)
        let wild = try Matrix(rows: 2, columns: 1, values: [.infinity, 0])
        #expect(code { _ = try LogisticRegression(features: wild, labels: [0, 1], classCount: 2) } == .notFinite)
        let regression = try LogisticRegression(features: features, labels: [0, 1], classCount: 2)
        for strength in [0, -1, .nan, .infinity] {
            #expect(code { _ = try regression.fit(strength: strength, blas: blas) } == .sizes)
        }
        #expect(code { _ = try regression.fit(strength: 1, blas: blas, isCancelled: { true }) } == .cancelled)
    }
}
