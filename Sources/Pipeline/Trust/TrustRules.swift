import Engine
import Files
import FoundationEssentials

/// Derives findings from the measures. The bounds are conventions, documented in `docs/trust.md`; every finding's
/// sentence contains its figures.
enum TrustRules {
    /// Mean structural similarity while the network's weights are randomised down to Mixed_3b, as the place between the
    /// gradient's (0) and guided backpropagation's (1) on the same window.
    static let weights = (passed: 2.0 / 3, failed: 0.9)
    /// The minimum similarity at which a map can be called the same.
    static let minimumSameness = 0.6
    /// The minimum distance between the two references at which the place is decisive.
    static let minimumSeparation = 0.1
    /// Mean structural similarity of other classes' maps.
    static let classes = (passed: 0.8, failed: 0.9)
    /// Insertion's area minus deletion's, minus the same difference of a random order.
    static let pixels = (passed: 0.1, failed: 0.0)
    /// The minimum change of probability between the whole clip and none of it for which curves are decisive.
    static let minimumRange = 0.1
    /// The fraction of the losses without random parts that a map does not explain, relative to that of a random order.
    static let parts = (passed: 1.0, failed: 1.25)
    /// The maximum fraction of the losses that a map may leave unexplained to pass, independent of the random order.
    static let maximumUnexplained = 0.9
    /// Change of the map under noise, relative to the map.
    static let noise = (passed: 0.5, failed: 1.0)
    /// The gap between the sum of a path's shares and the difference that they distribute, as a fraction of it.
    static let completeness = (passed: 0.05, failed: 0.2)

    static func findings(
        _ method: TrustEvidence.Measures, mask: MaskAgreement?, random: TrustEvidence.Random,
        references: WeightReferences?
    ) -> [TrustVerdict.Finding] {
        [
            weights(method.cascade, references), classes(method.classes), pixels(method.curves, random.curves),
            parts(method.infidelity, random.infidelity, method.parts), noise(method.maxSensitivity),
            method.completeness.flatMap(completeness), mask.flatMap(onMask),
        ].compactMap { $0 }
    }

    /// Whether a stage is considered for `weights`.
    static func judgesWeights(_ stage: String) -> Bool { stage == "Logits" || stage.hasPrefix("Mixed") }

    /// - Returns: nil if nothing was measured.
    static func weights(
        _ cascade: [CascadingRandomization.Step], _ references: WeightReferences?
    ) -> TrustVerdict.Finding? {
        guard let references, let similarity = sameness(cascade), let low = sameness(references.gradient),
            let high = sameness(references.guided)
        else { return nil }
        let figure =
            "(structural similarity \(text(similarity)), the gradient's \(text(low)), "
            + "guided backpropagation's \(text(high)))"
        guard high - low >= minimumSeparation else {
            return TrustVerdict.Finding(
                check: .weights, outcome: .unclear,
                sentence:
                    "On this window randomising the network changes a map that is known to depend on it as little "
                    + "as one that does not \(figure): it cannot decide.")
        }
        let place = (similarity - low) / (high - low)
        let passed =
            "The map becomes a different one when the network is randomised \(figure): it depends on what the network learned."
        guard place < weights.failed || similarity >= minimumSameness else {
            return TrustVerdict.Finding(
                check: .weights, outcome: .unclear,
                sentence:
                    "The map changes when the network is randomised, but no more than a map that is known to show "
                    + "the frame \(figure).")
        }
        return finding(
            .weights, place, weights, passed: passed,
            unclear:
                "The map changes only in part when the network is randomised \(figure): some of it shows the frame, not the network.",
            failed:
                "The map hardly changes when the network is randomised \(figure): it shows the content of the frames, not what the network has learned."
        )
    }

    /// The mean structural similarity, without the first layers, because without them no map can show anything.
    private static func sameness(_ cascade: [CascadingRandomization.Step]) -> Double? {
        mean(cascade.filter { judgesWeights($0.stage) }.map(\.similarity.structuralSimilarity))
    }

    static func classes(_ steps: [LogitRandomization.Step]) -> TrustVerdict.Finding? {
        guard let mean = mean(steps.map(\.similarity.structuralSimilarity)) else { return nil }
        let figure = "(structural similarity \(text(mean)))"
        return finding(
            .classes, mean, classes,
            passed: "Other classes have different maps \(figure): it explains this class.",
            unclear: "Other classes have much the same map \(figure).",
            failed:
                "Every class has nearly the same map \(figure): it does not say why it is this class and not another.")
    }

    static func pixels(_ curves: [TrustResult.Curve], _ random: [TrustResult.Curve]) -> TrustVerdict.Finding? {
        guard let deletion = curves.of(.deletion, .clip), let whole = deletion.probabilities.first,
            let none = deletion.probabilities.last
        else { return nil }
        guard whole - none >= minimumRange else {
            return TrustVerdict.Finding(
                check: .pixels, outcome: .unclear,
                sentence: "The class has a probability of \(text(whole)) with all pixels and \(text(none)) with none: "
                    + "deleting pixels cannot decide.")
        }
        let gain = curves.gain - random.gain
        let chance = text(random.gain) + plusMinus(random.gainError)
        let figure = "(insertion minus deletion \(text(curves.gain)), random order \(chance))"
        return finding(
            .pixels, -gain, (-pixels.passed, -pixels.failed), error: random.gainError,
            passed: "The answer depends on the pixels that the map marks \(figure).",
            unclear: "The answer depends on the pixels that the map marks hardly more than on any others \(figure).",
            failed: "The answer depends on the pixels that the map marks no more than on any others \(figure).")
    }

    /// Warnings about curves that are not meaningful for any map.
    ///
    /// - Parameter lacksInformation: whether information curves were asked for and could not be measured.
    static func warnings(_ random: TrustEvidence.Random, lacksInformation: Bool) -> [String] {
        var warnings: [String] = []
        if lacksInformation {
            warnings.append("This build of FFmpeg has no WebP: performance information curves are left out")
        }
        guard let insertion = random.curves.of(.insertion, .clip), let blurred = insertion.probabilities.first,
            let whole = insertion.probabilities.last, whole - blurred < minimumRange
        else { return warnings }
        return warnings + [
            "The class has a probability of \(text(blurred)) in the blurred clip and \(text(whole)) in the clip itself: "
                + "insertion is not meaningful here"
        ]
    }

    static func parts(
        _ value: Infidelity.Value?, _ random: Infidelity.Value?, _ measured: BoxPredictions.Ratio?
    ) -> TrustVerdict.Finding? {
        guard let value, let random, let measured else { return nil }
        let ratio = measured.ratio
        let figure =
            "(\(percent(value.unexplained)) of it unexplained, random order \(percent(random.unexplained)), "
            + "ratio \(text(ratio))\(plusMinus(measured.standardError)))"
        if ratio <= parts.passed, value.unexplained > maximumUnexplained {
            return TrustVerdict.Finding(
                check: .parts, outcome: .unclear,
                sentence: "The map's values in a part predict hardly anything of what the answer loses without it, "
                    + "and the part's size predicts no more \(figure).")
        }
        return finding(
            .parts, ratio, parts, error: measured.standardError,
            passed: "The map's values in a part predict what the answer loses without it \(figure).",
            unclear:
                "The map's values in a part predict what the answer loses without it no better than the part's size does \(figure).",
            failed:
                "The map's values in a part predict what the answer loses without it worse than the part's size does \(figure)."
        )
    }

    static func noise(_ value: Double?) -> TrustVerdict.Finding? {
        guard let value else { return nil }
        let figure = "(by \(percent(value)) of itself at most)"
        return finding(
            .noise, value, noise,
            passed: "Invisible noise hardly changes the map \(figure).",
            unclear: "Invisible noise changes the map \(figure).",
            failed:
                "Invisible noise makes it a different map \(figure); averaging over noisy copies (--smooth) may help."
        )
    }

    static func completeness(_ value: Completeness) -> TrustVerdict.Finding? {
        guard value.difference != 0 else { return nil }
        let gap = value.gap / value.difference.magnitude
        let figure =
            "(\(text(value.attributed)) distributed of \(text(value.difference)), a gap of \(percent(gap)))"
        return finding(
            .completeness, gap, completeness,
            passed: "The shares add up to what the class's logit gained on the path \(figure).",
            unclear: "The shares add up to what the class's logit gained on the path only roughly \(figure).",
            failed: "The shares do not add up to what the class's logit gained on the path \(figure): too few steps.")
    }

    static func onMask(_ mask: MaskAgreement) -> TrustVerdict.Finding? {
        guard let energy = mask.energy else { return nil }
        let isOn = energy > mask.area && 2 * mask.hits >= mask.frames
        return TrustVerdict.Finding(
            check: .mask, outcome: isOn ? .passed : .unclear,
            sentence:
                "\(percent(energy)) of the map lies in the mask, which covers \(percent(mask.area)) of the frame; "
                + "the peak hits it in \(mask.hits) of \(mask.frames.counted("frame")).")
    }

    /// - Parameters:
    ///   - value: smaller is better.
    ///   - error: the figure's standard error; a figure within it of a bound is unclear.
    private static func finding(
        _ check: TrustVerdict.Check, _ value: Double, _ bounds: (passed: Double, failed: Double),
        error: Double? = nil, passed: String, unclear: String, failed: String
    ) -> TrustVerdict.Finding {
        let error = error ?? 0
        if value + error <= bounds.passed { return .init(check: check, outcome: .passed, sentence: passed) }
        if value - error >= bounds.failed { return .init(check: check, outcome: .failed, sentence: failed) }
        guard value <= bounds.passed || value >= bounds.failed else {
            return .init(check: check, outcome: .unclear, sentence: unclear)
        }
        let sentence = value <= bounds.passed ? passed : failed
        return .init(
            check: check, outcome: .unclear,
            sentence: sentence + " But the figure lies within its standard error of the bound.")
    }

    /// " ± 0.03", or nothing.
    private static func plusMinus(_ error: Double?) -> String { error.map { " ± " + text($0) } ?? "" }

    private static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// Never "-0.00".
    private static func text(_ value: Double) -> String {
        String(printf: "%.2f", value.magnitude < 0.005 ? 0 : value)
    }
    private static func percent(_ value: Double) -> String { String(printf: "%.0f %%", value * 100) }
}
