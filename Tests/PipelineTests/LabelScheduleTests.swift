import Testing

@testable import Pipeline

@Suite struct LabelScheduleTests {
    /// Windows of 2 s, 1 s apart, over a source of `length` seconds.
    private func schedule(_ length: Double) -> [LabelSchedule.Label] {
        var labels = LabelSchedule(windowLength: 2, stride: 1)
        var start = 0.0
        while start == 0 || start + 1 < length {
            _ = labels.add("at \(start)", start: start, end: min(start + 2, length))
            start += 1
        }
        _ = labels.finish(end: length)
        return labels.labels
    }

    @Test(arguments: [0.5, 1, 2, 3, 3.2, 4.7, 10])
    func coversTheSourceWithoutHoles(_ length: Double) {
        let labels = schedule(length)
        #expect(labels.first?.start == 0)
        #expect(labels.last?.end == length)
        for (label, next) in zip(labels, labels.dropFirst()) { #expect(label.end == next.start) }
        for label in labels { #expect(label.end > label.start) }
    }

    @Test func showsTheNearestWindow() {
        var labels = LabelSchedule(windowLength: 2, stride: 1)
        #expect(labels.add("a", start: 0, end: 2) == .init(text: "a", start: 0, end: 1.5))
        #expect(labels.add("b", start: 1, end: 3) == .init(text: "b", start: 1.5, end: 2.5))
        #expect(labels.label(at: 1.49)?.text == "a")
        #expect(labels.label(at: 1.5)?.text == "b")
        // After the last known window its label stays.
        #expect(labels.label(at: 9)?.text == "b")
    }

    @Test func leavesOutAWindowThatEndsBeforeItsTurn() {
        var labels = LabelSchedule(windowLength: 2, stride: 1)
        _ = labels.add("a", start: 0, end: 2)
        #expect(labels.add("b", start: 1, end: 1.5) == nil)
    }
}
