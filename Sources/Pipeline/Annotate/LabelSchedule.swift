/// Schedules the windows' labels: each is shown around its window's middle, one after another without gaps.
///
/// Window k's label starts half a stride before the window's middle; the first one starts at the source's start, and
/// the last one lasts until the source's end. Windows must be added in order; each label is returned immediately.
struct LabelSchedule {
    struct Label: Sendable, Equatable {
        var text: String
        /// Seconds since the source's first frame.
        var start: Double
        var end: Double
        /// The explained class's probability, 0…1.
        var probability = 0.0
        /// The class's name without the probability.
        var name = ""
    }

    /// In seconds.
    private let windowLength: Double
    private let stride: Double
    private(set) var labels: [Label] = []

    init(windowLength: Double, stride: Double) {
        self.windowLength = windowLength
        self.stride = stride
    }

    /// Adds a window's answer.
    ///
    /// - Parameters:
    ///   - start: the window's start, in seconds.
    ///   - end: the end of its last real sample, in seconds; no label is shown after it.
    /// - Returns: its label; nil for a short last window that ends before its label would start.
    mutating func add(
        _ text: String, name: String = "", probability: Double = 0, start: Double, end: Double
    ) -> Label? {
        let from = labels.last?.end ?? 0
        let to = min(end, start + (windowLength + stride) / 2)
        guard to > from else { return nil }
        let label = Label(text: text, start: from, end: to, probability: probability, name: name)
        labels.append(label)
        return label
    }

    /// The label between the last label's end and the end of the explained part.
    mutating func finish(end: Double) -> Label? {
        guard let last = labels.last, end > last.end else { return nil }
        let label = Label(
            text: last.text, start: last.end, end: end, probability: last.probability, name: last.name)
        labels.append(label)
        return label
    }

    /// The label to draw into a frame at `time` seconds.
    func label(at time: Double) -> Label? {
        labels.last { $0.start <= time } ?? labels.first
    }
}
