/// How well classes are predicted: confusion, precision, recall and F1, as in scikit-learn's `classification_report` with
/// `zero_division=0`.
public struct ClassificationReport: Sendable, Codable, Equatable {
    public struct Class: Sendable, Codable, Equatable {
        public var index: Int
        /// Absent if classes have no names.
        public var label: String?
        /// The number of clips of this class, and of those for which it is predicted.
        public var clips: Int
        public var predicted: Int
        /// The number of clips of this class for which it is predicted.
        public var correct: Int
        /// `correct` / `predicted`, `correct` / `clips`, and their harmonic mean; 0 where nothing is divided by 0.
        public var precision: Double
        public var recall: Double
        public var f1: Double
    }

    /// The part of all clips whose class is predicted, 0…1.
    public var accuracy: Double
    /// The means over the classes.
    public var meanPrecision: Double
    public var meanRecall: Double
    public var meanF1: Double
    /// All classes, in class order.
    public var classes: [Class]
    /// All pairs with clips, in class order.
    public var confusion: [EvaluationResult.Confusion]

    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - predicted: the predicted class of each clip.
    ///   - names: the classes' labels; empty if they have none.
    init(labels: [Int], predicted: [Int], classCount: Int, names: [String]) {
        struct Pair: Hashable {
            var label: Int
            var predicted: Int
        }
        func part(_ count: Int, of total: Int) -> Double { total > 0 ? Double(count) / Double(total) : 0 }
        let counts = Dictionary(zip(labels, predicted).map { (Pair(label: $0, predicted: $1), 1) }, uniquingKeysWith: +)
        var (own, given) = ([Int](repeating: 0, count: classCount), [Int](repeating: 0, count: classCount))
        for (pair, count) in counts {
            own[pair.label] += count
            given[pair.predicted] += count
        }
        let classes = (0..<classCount).map { index in
            let correct = counts[Pair(label: index, predicted: index)] ?? 0
            return Class(
                index: index, label: index < names.count ? names[index] : nil, clips: own[index],
                predicted: given[index], correct: correct, precision: part(correct, of: given[index]),
                recall: part(correct, of: own[index]), f1: part(2 * correct, of: own[index] + given[index]))
        }
        func mean(_ value: (Class) -> Double) -> Double {
            classes.map(value).reduce(0, +) / Double(max(classes.count, 1))
        }
        accuracy = part(classes.reduce(0) { $0 + $1.correct }, of: labels.count)
        meanPrecision = mean(\.precision)
        meanRecall = mean(\.recall)
        meanF1 = mean(\.f1)
        self.classes = classes
        confusion =
            counts.sorted { ($0.key.label, $0.key.predicted) < ($1.key.label, $1.key.predicted) }.map {
                EvaluationResult.Confusion(label: $0.key.label, predicted: $0.key.predicted, clips: $0.value)
            }
    }
}
