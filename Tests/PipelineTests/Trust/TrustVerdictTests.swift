import Testing

@testable import Engine
@testable import Pipeline

/// The rules of `docs/trust.md` at their thresholds.
@Suite struct TrustVerdictTests {
    private func cascade(_ similarity: Double, stem: Double = 0) -> [CascadingRandomization.Step] {
        NetworkRandomization.stages.map { stage in
            CascadingRandomization.Step(
                stage: stage.name,
                similarity: MapSimilarity.Value(
                    structuralSimilarity: stage.name.hasPrefix("Conv3d") ? stem : similarity))
        }
    }

    private func curves(deletion: [Double], insertion: [Double]) -> [TrustResult.Curve] {
        zip(PixelCurveMetric.Direction.allCases, [deletion, insertion]).map { direction, values in
            let curve = PixelCurve(fractions: [0, 0.5, 1], probabilities: values)
            return TrustResult.Curve(
                direction: direction, scope: .clip, area: curve.area, fractions: curve.fractions,
                probabilities: curve.probabilities)
        }
    }

    private func references(_ gradient: Double, _ guided: Double) -> WeightReferences? {
        WeightReferences([cascade(gradient, stem: 0.5), cascade(guided, stem: 0.5)])
    }

    @Test(
        "A map is placed between the gradient and guided backpropagation, whatever the result for the stem",
        arguments: [
            (0.1, TrustVerdict.Outcome.passed), (0.64, .passed), (0.66, .unclear), (0.78, .unclear), (0.8, .failed),
            (0.95, .failed),
        ])
    func weights(_ similarity: Double, _ outcome: TrustVerdict.Outcome) throws {
        // Two thirds of the way from 0.25 to 0.85 is 0.65, nine tenths are 0.79.
        for stem in [0.0, 1] {
            let finding = try #require(
                TrustRules.weights(cascade(similarity, stem: stem), references(0.25, 0.85)))
            #expect(finding.outcome == outcome)
            #expect(finding.sentence.contains("the gradient's 0.25, guided backpropagation's 0.85"))
        }
    }

    @Test("A map that changes is never called the same, and references that are alike decide nothing")
    func weightsOfOtherNetworks() throws {
        func outcome(_ similarity: Double, _ references: WeightReferences?) -> TrustVerdict.Outcome? {
            TrustRules.weights(cascade(similarity), references)?.outcome
        }
        #expect(outcome(0.59, references(0.1, 0.59)) == .unclear && outcome(0.61, references(0.1, 0.61)) == .failed)
        #expect(outcome(0.1, references(0.5, 0.59)) == .unclear && outcome(0.95, references(0.5, 0.59)) == .unclear)
        #expect(outcome(0.5, references(0.5, 0.61)) == .passed)
        #expect(outcome(0.5, nil) == nil && TrustRules.weights([], references(0.1, 0.9)) == nil)
    }

    @Test("Curves are compared with a random order, and are inconclusive if the class never had a probability")
    func pixels() throws {
        let random = curves(deletion: [1, 0.5, 0], insertion: [0, 0.5, 1])
        let good = try #require(TrustRules.pixels(curves(deletion: [1, 0, 0], insertion: [0, 1, 1]), random))
        #expect(good.outcome == .passed)
        let same = try #require(TrustRules.pixels(random, random))
        #expect(same.outcome == .failed)
        let slight = try #require(TrustRules.pixels(curves(deletion: [1, 0.48, 0], insertion: [0, 0.52, 1]), random))
        #expect(slight.outcome == .unclear)
        let flat = try #require(
            TrustRules.pixels(curves(deletion: [0.1, 0.1, 0.1], insertion: [0.1, 0.1, 0.1]), random))
        #expect(flat.outcome == .unclear)
        func warnings(_ curves: [TrustResult.Curve], lacksInformation: Bool = false) -> [String] {
            TrustRules.warnings(TrustEvidence.Random(curves: curves), lacksInformation: lacksInformation)
        }
        #expect(warnings(random).isEmpty)
        #expect(warnings(curves(deletion: [1, 1, 0], insertion: [0.95, 1, 1])).count == 1)
        // No WebP.
        #expect(warnings(random, lacksInformation: true).count == 1)
    }

    @Test("A gain within the random orders' standard error of a bound is unclear, and the sentence says so")
    func errors() throws {
        let orders = [0.4, 0.6].map { curves(deletion: [1, $0, 0], insertion: [0, 0.5, 1]) }
        let random = TrustCurves.mean(orders)
        #expect(random.of(.deletion, .clip)?.probabilities == [1, 0.5, 0])
        #expect(abs(try #require(random.of(.deletion, .clip)).area - 0.5) < 1e-12)
        #expect(random.of(.insertion, .clip)?.areas == [0.5, 0.5])
        // The gains are 0.05 and -0.05: a deviation of 0.0707, by the square root of 2.
        #expect(abs(try #require(random.gainError) - 0.05) < 1e-12)
        func finding(_ deletion: Double) throws -> TrustVerdict.Finding {
            try #require(TrustRules.pixels(curves(deletion: [1, deletion, 0], insertion: [0, 0.5, 1]), random))
        }
        // Gains of 0.2, 0.12 and -0.03, above bounds of 0.1 and 0.
        #expect(try finding(0.1).outcome == .passed)
        let near = try finding(0.26)
        #expect(near.outcome == .unclear && near.sentence.contains("± 0.05"))
        #expect(near.sentence.hasSuffix("within its standard error of the bound."))
        #expect(try finding(0.56).outcome == .unclear)
        #expect(try finding(0.64).outcome == .failed)
        #expect(TrustCurves.mean([orders[0]]).gainError == nil)
    }

    @Test("Boxes are compared with the share that their size predicts")
    func parts() throws {
        func outcome(_ value: Double, _ random: Double?, error: Double? = nil) -> TrustVerdict.Outcome? {
            let ratio = random.flatMap { $0 > 0 ? BoxPredictions.Ratio(ratio: value / $0, standardError: error) : nil }
            return TrustRules.parts(
                Infidelity.Value(infidelity: 1, unexplained: value),
                random.map { Infidelity.Value(infidelity: 1, unexplained: $0) }, ratio)?.outcome
        }
        #expect(outcome(0.39, 0.4) == .passed)
        #expect(outcome(0.45, 0.4) == .unclear)
        #expect(outcome(0.51, 0.4) == .failed)
        #expect(outcome(0.5, nil) == nil && outcome(0.5, 0) == nil)
        // An improvement is not enough where almost nothing is explained.
        #expect(outcome(0.9, 0.9) == .passed && outcome(0.9, 1) == .passed)
        for random in [0.91, 0.95, 1] { #expect(outcome(0.91, random) == .unclear) }
        #expect(outcome(0.99, 0.99) == .unclear && outcome(1, 1) == .unclear)
        #expect(outcome(0.95, 0.5) == .failed)
        // Within its error of a bound, a figure decides nothing.
        #expect(outcome(0.38, 0.4, error: 0.04) == .passed && outcome(0.38, 0.4, error: 0.06) == .unclear)
        #expect(outcome(0.53, 0.4, error: 0.07) == .failed && outcome(0.53, 0.4, error: 0.08) == .unclear)
        #expect(outcome(0.45, 0.4, error: 0.01) == .unclear)
    }

    @Test("A path's gap is measured relative to the distributed total, whatever the sign")
    func completeness() throws {
        func outcome(_ attributed: Double, _ difference: Double) -> TrustVerdict.Outcome? {
            TrustRules.completeness(Completeness(attributed: attributed, difference: difference))?.outcome
        }
        #expect(outcome(9.6, 10) == .passed && outcome(-10.4, -10) == .passed)
        #expect(outcome(9, 10) == .unclear)
        #expect(outcome(7.9, 10) == .failed && outcome(1, -1) == .failed)
        #expect(outcome(1, 0) == nil)
    }

    @Test("A map that no randomisation changes is contradicted, even if all other checks pass")
    func levels() {
        func verdict(_ outcomes: [TrustVerdict.Check: TrustVerdict.Outcome]) -> TrustVerdict.Level {
            TrustVerdict(
                findings: outcomes.map { TrustVerdict.Finding(check: $0.key, outcome: $0.value, sentence: "") }
            ).level
        }
        #expect(verdict([.weights: .passed, .pixels: .passed, .noise: .passed]) == .supported)
        #expect(verdict([.weights: .passed, .pixels: .passed, .noise: .failed]) == .doubtful)
        #expect(verdict([.weights: .failed, .pixels: .passed, .noise: .passed]) == .contradicted)
        #expect(verdict([.weights: .passed, .pixels: .failed]) == .contradicted)
        #expect(verdict([.weights: .unclear, .pixels: .passed]) == .doubtful)
        #expect(verdict([.weights: .passed, .pixels: .passed, .completeness: .failed]) == .doubtful)
    }

    @Test("Text in the report is never interpreted as markup")
    func escaping() {
        var page = HTMLWriter()
        page.element("p", ["title": "\"><script>'"], "<b> & \u{1}ü")
        #expect(page.text == "<p title=\"&quot;&gt;&lt;script&gt;&#39;\">&lt;b&gt; &amp; \u{FFFD}ü</p>")
    }
}
