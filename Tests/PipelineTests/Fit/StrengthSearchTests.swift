import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import Pipeline

/// Folds, the choice of the strength, and the report.
@Suite struct StrengthSearchTests {
    @Test("Every fold has each class's clips in equal parts, and the seed decides which")
    func folds() {
        let labels = (0..<47).map { $0 % 5 }
        let folds = StratifiedFolds(labels: labels, most: 4, seed: 1)
        #expect(folds.count == 4)
        for label in 0..<5 {
            let counts = (0..<4).map { fold in
                labels.indices.count { labels[$0] == label && folds.folds[$0] == fold }
            }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
        let sizes = (0..<4).map { fold in folds.folds.count { $0 == fold } }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        #expect(StratifiedFolds(labels: labels, most: 4, seed: 1) == folds)
        #expect(StratifiedFolds(labels: labels, most: 4, seed: 2) != folds)
        #expect(StratifiedFolds(labels: [0, 0, 1, 1, 1], most: 5, seed: 1).count == 2)
    }

    /// Two classes around opposite centres, with noise.
    private func search(noise: Double, seed: UInt64) throws -> StrengthSearch {
        var random = SeededGenerator(seed: seed)
        let labels = (0..<40).map { $0 % 2 }
        let values = labels.flatMap { label in
            (0..<6).map { feature in
                let uniform = Double(random.next() >> 11) * 0x1p-52 - 1
                return (feature == 0 ? Double(label) : 0) + noise * uniform
            }
        }
        return StrengthSearch(
            features: try Matrix(rows: 40, columns: 6, values: values), labels: labels, classCount: 2,
            folds: StratifiedFolds(labels: labels, most: 4, seed: 1), blas: try OpenBLAS())
    }

    @Test("Each held-out answer is that of a head fitted without the clip's fold")
    func heldOut() throws {
        let search = try search(noise: 1.5, seed: 4)
        var fits = 0
        let choice = try search.choose(from: [1, 0.1], isCancelled: { false }) { fits += 1 }
        #expect(fits == 8 && choice.scores.map(\.strength) == [1, 0.1])
        func rows(_ clips: [Int]) throws -> Matrix {
            try Matrix(rows: clips.count, columns: 6, values: clips.flatMap { search.features.row($0) })
        }
        var loss = 0.0
        for fold in 0..<4 {
            let training = search.labels.indices.filter { search.folds.folds[$0] != fold }
            let scale = FeatureScale(try rows(training))
            let fit = try LogisticRegression(
                features: scale.apply(to: rows(training)), labels: training.map { search.labels[$0] }, classCount: 2
            ).fit(strength: choice.strength, blas: search.blas)
            let head = try scale.unscaled(fit.head)
            for clip in search.labels.indices where search.folds.folds[clip] == fold {
                let answers = try head.logProbabilities(rows([clip]), blas: search.blas)
                let own = answers[0, search.labels[clip]]
                loss -= own / 40
                // The search ends its fits at a gradient of 1e-8, an error of the weights of 1e-8 √14 / (0.1 / 30).
                #expect((choice.heldOut[clip].probability - exp(own)).magnitude < 5e-5)
                #expect(choice.heldOut[clip].predicted == (answers[0, 0] > answers[0, 1] ? 0 : 1))
            }
        }
        let chosen = try #require(choice.scores.first { $0.strength == choice.strength })
        #expect((chosen.logLoss - loss).magnitude < 1e-4)
        let correct = zip(choice.heldOut, search.labels).count { $0.predicted == $1 }
        #expect(chosen.accuracy == Double(correct) / 40)
    }

    @Test("Noise asks for stronger regularisation, and of equal losses the strongest is chosen")
    func choice() throws {
        let clear = try search(noise: 0.1, seed: 4).choose(
            from: StrengthSearch.standard, isCancelled: { false }, advance: {})
        let noisy = try search(noise: 4, seed: 4).choose(
            from: StrengthSearch.standard, isCancelled: { false }, advance: {})
        #expect(clear.strength < noisy.strength)
        let scores = [(3.0, 0.7), (1, 0.509), (0.1, 0.5), (0.01, 0.6)].map {
            FitResult.Strength(strength: $0.0, logLoss: $0.1, accuracy: 0)
        }
        #expect(StrengthSearch.best(of: scores) == 1)
        let error = #expect(throws: LinearAlgebraError.self) {
            try search(noise: 1, seed: 1).choose(from: [1], isCancelled: { true }, advance: {})
        }
        #expect(error?.code == .cancelled)
    }

    @Test("The report is scikit-learn's")
    func report() throws {
        struct Golden: Decodable {
            struct Report: Decodable {
                var labels: [Int]
                var predicted: [Int]
                var classes: [[Double]]
                var mean: [Double]
                var accuracy: Double
            }
            var report: Report
        }
        let golden = try JSONDecoder().decode(Golden.self, from: Data(GoldenMaterial.bytes("fit/golden.json"))).report
        let report = ClassificationReport(
            labels: golden.labels, predicted: golden.predicted, classCount: 5, names: ["zero", "one"])
        for (one, expected) in zip(report.classes, golden.classes) {
            for (value, expected) in zip([one.precision, one.recall, one.f1], expected) {
                #expect((value - expected).magnitude < 1e-15)
            }
        }
        for (value, expected) in zip([report.meanPrecision, report.meanRecall, report.meanF1], golden.mean) {
            #expect((value - expected).magnitude < 1e-15)
        }
        #expect(report.accuracy == golden.accuracy)
        #expect(report.classes.map(\.label) == ["zero", "one", nil, nil, nil])
        #expect(report.classes.map(\.clips) == [3, 2, 4, 1, 0] && report.classes.map(\.predicted) == [4, 2, 3, 0, 1])
        #expect(
            report.confusion.map { [$0.label, $0.predicted, $0.clips] } == [
                [0, 0, 2], [0, 1, 1], [1, 1, 1], [1, 4, 1], [2, 0, 1], [2, 2, 3], [3, 0, 1],
            ])
    }
}
