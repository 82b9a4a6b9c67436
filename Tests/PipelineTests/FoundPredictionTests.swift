import Testing

@testable import Engine
@testable import Pipeline

/// The printed summary of a video's windows.
@Suite struct FoundPredictionTests {
    private static let labels = ["playing cricket", "hurling"]

    private func window(_ start: Double, _ end: Double, _ best: Int, _ probability: Double) -> FoundPrediction.Window {
        FoundPrediction.Window(
            start: start, end: end,
            best: Explanation.Prediction(
                index: best, label: best < 2 ? Self.labels[best] : nil, logit: 0, probability: probability))
    }

    @Test("Neighbouring windows with the same best class form one period with their mean probability")
    func merged() {
        // Windows of 2 s, one per second: centres at 1, 2, 3, 4, the last one short.
        let found = FoundPrediction.found([
            window(0, 2, 0, 1), window(1, 3, 0, 0.98), window(2, 4, 1, 0.61), window(3, 4.8, 1, 0.61),
        ])
        #expect(found.map(\.index) == [0, 1] && found.map(\.start) == [0, 2.5] && found.map(\.end) == [2.5, 4.8])
        #expect((found[0].probability - 0.99).magnitude < 1e-12 && (found[1].probability - 0.61).magnitude < 1e-12)
        #expect(FoundPrediction.text(found) == "playing cricket 99 %, 0:00–0:03; hurling 61 %, 0:03–0:05")
    }

    @Test("A class that returns begins a new period, also after a gap")
    func parted() {
        let found = FoundPrediction.found([
            window(0, 2, 0, 0.9), window(2, 4, 1, 0.8), window(4, 6, 0, 0.7), window(9, 11, 0, 0.5),
            window(10, 11, 2, 0.4),
        ])
        #expect(found.map(\.index) == [0, 1, 0, 0, 2])
        #expect(found.map(\.start) == [0, 2, 4, 9, 10.5] && found.map(\.end) == [2, 4, 6, 10.5, 11])
        #expect(FoundPrediction.found([]).isEmpty && FoundPrediction.text([]).isEmpty)
    }

    @Test("Times have minutes and seconds, hours if needed, and tenths for short periods")
    func times() {
        #expect(
            FoundPrediction.text(FoundPrediction.found([window(0, 0.32, 2, 0.555)])) == "class 2 56 %, 0:00.0–0:00.3")
        #expect(
            FoundPrediction.text(FoundPrediction.found([window(59.6, 3723.4, 0, 1)]))
                == "playing cricket 100 %, 1:00–1:02:03")
        let many = (0..<20).map { window(Double($0) * 2, Double($0) * 2 + 2, $0 % 2, 1) }
        let text = FoundPrediction.text(FoundPrediction.found(many), limit: 3)
        #expect(text.hasSuffix("0:04–0:06; 17 more"))
    }

    @Test("The main class is the one with the longest total time, in any number of periods")
    func longest() {
        func found(_ index: Int, _ start: Double, _ end: Double, _ probability: Double) -> FoundPrediction {
            FoundPrediction(label: nil, index: index, probability: probability, start: start, end: end)
        }
        // Class 0 is found for 3 s in two periods, class 1 for 2.5 s in one.
        let all = [found(0, 0, 1, 0.9), found(1, 1, 3.5, 0.8), found(0, 3.5, 5.5, 0.6)]
        let best = FoundPrediction.longest(all)
        #expect(best?.index == 0 && best?.start == 0 && best?.end == 5.5)
        #expect(best.map { ($0.probability - (0.9 + 2 * 0.6) / 3).magnitude < 1e-12 } == true)
        #expect(FoundPrediction.longest([found(2, 0, 1, 0.5), found(1, 1, 2, 0.9)])?.index == 2)
        // A single frame has no duration.
        #expect(FoundPrediction.longest([found(3, 0, 0, 0.25)]) == found(3, 0, 0, 0.25))
        #expect(FoundPrediction.longest([]) == nil)
    }
}
