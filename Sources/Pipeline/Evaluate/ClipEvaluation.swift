import Engine

/// What became of one clip of a list; a line of `clips.jsonl`.
public struct ClipEvaluation: Sendable, Codable, Equatable {
    /// As the list spells it.
    public var clip: String
    /// The class that the list says.
    public var label: Int
    /// Why the clip could not be read; the rest is absent then.
    public var error: String?
    /// The class with the largest logit, over the whole video.
    public var predicted: Int?
    /// The label's place among the classes, from 1.
    public var rank: Int?
    /// The label's probability, 0…1.
    public var probability: Double?
    public var windows: Int?
    /// Of the first window; absent unless methods were named.
    public var evidence: ClipEvidence?

    init(_ clip: ClipList.Clip, error: String) {
        self.clip = clip.name
        label = clip.label
        self.error = error
    }

    init(_ clip: ClipList.Clip, logits: [Float], windows: Int, evidence: ClipEvidence? = nil) {
        self.clip = clip.name
        label = clip.label
        let order = Explanation.topK(logits.count, logits: logits, labels: [])
        predicted = order.first?.index
        rank = order.firstIndex { $0.index == clip.label }.map { $0 + 1 }
        probability = Explanation.probabilities(logits: logits)[clip.label]
        self.windows = windows
        self.evidence = evidence
    }
}
