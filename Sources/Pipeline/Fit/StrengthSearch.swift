import Glibc
import LinearAlgebra

/// Chooses the strength of the regularisation by cross-validation.
///
/// The score is the held-out log-loss: it still tells strengths apart where the accuracy of few clips is the same, and
/// it prefers a head whose probabilities are right to one that is merely right.
struct StrengthSearch {
    /// The strengths that are tried, the strongest first: two per power of ten. Scaled features have a mean square norm
    /// of 1 (`FeatureScale`), so that this range leads from probabilities that hardly depend on the clip to a head that
    /// fits every clip.
    static let standard = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5]
    /// Losses, in nats, that differ by no more than this count as equal, and the strongest regularisation is chosen: one
    /// hundredth of a probability is not worth larger weights, which the loss of clips that are all answered correctly
    /// would otherwise always ask for.
    static let tie = 0.01
    /// The gradient at which a fit of the search ends. At 1e-6 a fit of 1,000 clips with weak regularisation ended where it
    /// began, at the head of the next stronger one.
    private static let tolerance = 1e-8

    /// What heads that were fitted without a clip answer for it.
    struct HeldOut: Equatable {
        var predicted: Int
        /// The probability of the clip's class, 0…1.
        var probability: Double
    }

    struct Choice {
        var strength: Double
        /// In the order of the strengths.
        var scores: [FitResult.Strength]
        /// For the chosen strength, in the order of the clips.
        var heldOut: [HeldOut]
    }

    let features: Matrix
    let labels: [Int]
    let classCount: Int
    let folds: StratifiedFolds
    let blas: OpenBLAS

    /// - Parameters:
    ///   - strengths: in descending order.
    ///   - isCancelled: asked before each iteration.
    ///   - advance: called after each fit.
    /// - Throws: `LinearAlgebraError`.
    func choose(
        from strengths: [Double], isCancelled: () -> Bool, advance: () -> Void
    ) throws(LinearAlgebraError) -> Choice {
        var heldOut = strengths.map { _ in [HeldOut?](repeating: nil, count: labels.count) }
        var losses = [Double](repeating: 0, count: strengths.count)
        for fold in 0..<folds.count {
            let training = labels.indices.filter { folds.folds[$0] != fold }
            let testing = labels.indices.filter { folds.folds[$0] == fold }
            let scale = FeatureScale(try rows(training))
            let regression = try LogisticRegression(
                features: scale.apply(to: rows(training)), labels: training.map { labels[$0] }, classCount: classCount)
            let tests = try scale.apply(to: rows(testing))
            // A fit begins where that of the next stronger regularisation ended.
            var head: LinearHead?
            for (place, strength) in strengths.enumerated() {
                let fit = try regression.fit(
                    strength: strength, from: head, tolerance: Self.tolerance, blas: blas, isCancelled: isCancelled)
                head = fit.head
                let answers = try fit.head.logProbabilities(tests, blas: blas)
                for (row, clip) in testing.enumerated() {
                    let own = answers.row(row)
                    let logProbability = answers[row, labels[clip]]
                    losses[place] -= logProbability
                    heldOut[place][clip] = HeldOut(
                        predicted: own.indices.max { (own[$0], $1) < (own[$1], $0) }.map { $0 - own.startIndex } ?? 0,
                        probability: exp(logProbability))
                }
                advance()
            }
        }
        let answers = heldOut.map { $0.compactMap(\.self) }
        let scores = strengths.indices.map { place in
            FitResult.Strength(
                strength: strengths[place], logLoss: losses[place] / Double(labels.count),
                accuracy: Double(zip(answers[place], labels).count { $0.predicted == $1 }) / Double(labels.count))
        }
        let best = Self.best(of: scores)
        return Choice(strength: strengths[best], scores: scores, heldOut: answers[best])
    }

    /// The first of the scores, from the strongest regularisation on, whose loss is the smallest but for a tie.
    static func best(of scores: [FitResult.Strength]) -> Int {
        let least = scores.reduce(Double.infinity) { min($0, $1.logLoss) }
        return scores.firstIndex { $0.logLoss <= least + tie } ?? 0
    }

    private func rows(_ clips: [Int]) throws(LinearAlgebraError) -> Matrix {
        try Matrix(rows: clips.count, columns: features.columns, values: clips.flatMap { features.row($0) })
    }
}
