import Testing

@testable import Engine
@testable import Pipeline

/// When the built-in network's answers are said to be worthless.
@Suite struct MotionDoubtTests {
    private func warnings(_ labels: [String], network: String? = MotionDoubt.network) -> [String] {
        let names = Array(Set(labels)).sorted()
        let model = ModelDescription(name: "motion", form: "safetensors", sha256: network ?? "", classes: 13)
        return MotionDoubt.warnings(
            model: model,
            answers: labels.map {
                Explanation.Prediction(index: names.firstIndex(of: $0) ?? 0, label: $0, logit: 1, probability: 0.9)
            })
    }

    @Test("The hash on the built-in model's card is that of its variables")
    func network() throws {
        let variables = try ModelCatalogue().open(BuiltInModel.motion.rawValue).load()
        #expect(MotionDoubt.network == variables.contentHash)
    }

    @Test("One motion, or one after another, raises no doubt")
    func steady() {
        #expect(warnings(Array(repeating: "moving left", count: 9)).isEmpty)
        #expect(warnings(["moving right", "moving right", "moving right", "moving left", "moving left"]).isEmpty)
        #expect(warnings(["moving right"]).isEmpty && warnings([]).isEmpty)
        // Two windows are one step, which decides nothing.
        #expect(warnings(["moving right", "moving left"]).isEmpty)
        // One step of three is the bound.
        #expect(warnings(["moving right", "moving left", "moving left", "moving left"]).isEmpty)
    }

    @Test("Answers that change from window to window are doubted, with how often they change")
    func unsteady() throws {
        let text = try #require(warnings(["appearing", "receding", "rotating", "rotating"]).first)
        #expect(text.contains("they change in 2 of 3 steps") && text.contains("make kinetics"))
    }

    @Test("The camera's motion as the answer of most windows is doubted")
    func camera() throws {
        let most = ["camera panning", "camera panning", "camera panning", "moving left", "moving left"]
        let text = try #require(warnings(most).first)
        #expect(text.contains("\"camera panning\" says that the camera is not at rest"))
        #expect(warnings(["camera zooming"]).count == 1)
        // Half of them is not most of them, and one step of three is no change.
        #expect(warnings(["camera panning", "camera panning", "moving left", "moving left"]).isEmpty)
    }

    @Test("Other networks are never doubted for this")
    func others() {
        #expect(warnings(["camera panning"], network: "another").isEmpty)
    }

    // MARK: Streams

    private func live(
        _ labels: [String], stride: Double = 0.5, network: String? = MotionDoubt.network
    ) -> [Int: String] {
        var doubt = LiveMotionDoubt(
            model: ModelDescription(name: "motion", form: "safetensors", sha256: network ?? "", classes: 13))
        let names = Array(Set(labels)).sorted()
        var warnings: [Int: String] = [:]
        for (place, label) in labels.enumerated() {
            let best = Explanation.Prediction(
                index: names.firstIndex(of: label) ?? 0, label: label, logit: 1, probability: 0.9)
            let start = Double(place) * stride
            warnings[place] = doubt.warning(after: best, from: start, to: start + 1)
        }
        return warnings
    }

    @Test("A stream is doubted once, as soon as enough windows are known")
    func stream() throws {
        let warnings = live(Array(repeating: "camera panning", count: 60))
        #expect(Array(warnings.keys) == [LiveMotionDoubt.windows - 1])
        #expect(try #require(warnings.values.first).contains("likely worthless for this stream: \"camera panning\""))
        #expect(live(Array(repeating: "moving left", count: 60)).isEmpty)
        #expect(live(Array(repeating: "camera panning", count: 60), network: "another").isEmpty)
    }

    @Test("The newest windows decide, however long the stream has been steady")
    func streamThatChanges() {
        let steady = Array(repeating: "moving left", count: 40)
        let unsteady = (0..<12).map { ["appearing", "receding"][$0 % 2] }
        #expect(Array(live(steady + unsteady).keys) == [43])
    }

    @Test("Windows that overlap by more than half are passed over")
    func closeWindows() {
        // Every fourth window is half a window further: of those, none differs from the one before.
        let labels = (0..<400).map { $0 % 4 == 0 ? "moving left" : "receding" }
        #expect(live(labels, stride: 0.125).isEmpty)
        #expect(live(labels, stride: 0.5).count == 1)
    }
}
