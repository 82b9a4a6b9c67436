/// `evaluation.json`: the accuracy of a network on a list of clips. `docs/evaluate.md` documents every field.
public struct EvaluationResult: Sendable, Codable, Equatable {
    public static let currentSchema = 1

    /// The results of one class, over the clips that could be read.
    public struct Class: Sendable, Codable, Equatable {
        public var index: Int
        public var label: String?
        /// The number of clips of this class in the list.
        public var clips: Int
        /// The numbers of them whose class is the first answer, or among the first five.
        public var top1: Int
        public var top5: Int
        /// The number of clips of any class for which this class is predicted.
        public var predicted: Int
    }

    /// The number of clips of one class for which a class is predicted.
    public struct Confusion: Sendable, Codable, Equatable {
        public var label: Int
        public var predicted: Int
        public var clips: Int
    }

    public var schema = EvaluationResult.currentSchema
    public var saliencyd: String
    public var list: String
    public var model: ModelDescription
    /// The number of clips in the list that could be read.
    public var clips: Int
    /// Accuracy over those clips, 0…1; absent if there are none.
    public var top1: Double?
    public var top5: Double?
    /// The mean of the classes' accuracies, over the classes with clips.
    public var meanClassTop1: Double?
    /// The classes with clips or predictions, in class order.
    public var classes: [Class]
    /// All pairs with clips, in class order.
    public var confusion: [Confusion]
    /// Absent if no methods were requested or no clip was measured.
    public var evidence: EvidenceSummary?
    /// The clips that could not be read, in the list's order.
    public var unreadable: [ClipEvaluation]

    init(
        list: String, model: ModelDescription, labels: [String], clips: [ClipEvaluation],
        evidence request: EvidenceRequest? = nil
    ) {
        let read = clips.filter { $0.predicted != nil }
        func isWithin(_ count: Int) -> (ClipEvaluation) -> Bool { { ($0.rank ?? .max) <= count } }
        func part(_ count: Int, of total: Int) -> Double? { total > 0 ? Double(count) / Double(total) : nil }

        saliencyd = saliencydVersion
        self.list = list
        self.model = model
        self.clips = read.count
        top1 = part(read.count(where: isWithin(1)), of: read.count)
        top5 = part(read.count(where: isWithin(5)), of: read.count)
        evidence = request.flatMap { EvidenceSummary(read.compactMap(\.evidence), request: $0) }
        unreadable = clips.filter { $0.predicted == nil }
        let byLabel = Dictionary(grouping: read, by: \.label)
        let byPrediction = Dictionary(grouping: read) { $0.predicted ?? $0.label }
        classes = Set(byLabel.keys).union(byPrediction.keys).sorted().map { index in
            let own = byLabel[index] ?? []
            return Class(
                index: index, label: index < labels.count ? labels[index] : nil, clips: own.count,
                top1: own.count(where: isWithin(1)), top5: own.count(where: isWithin(5)),
                predicted: byPrediction[index]?.count ?? 0)
        }
        let recalls = classes.compactMap { part($0.top1, of: $0.clips) }
        meanClassTop1 = recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
        confusion = byLabel.sorted { $0.key < $1.key }.flatMap { label, clips in
            Dictionary(grouping: clips) { $0.predicted ?? label }.sorted { $0.key < $1.key }.map {
                Confusion(label: label, predicted: $0.key, clips: $0.value.count)
            }
        }
    }
}
