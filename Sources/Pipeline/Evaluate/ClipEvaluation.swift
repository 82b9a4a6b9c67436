import Engine

/// The result for one clip of a list; a line of `clips.jsonl`.
public struct ClipEvaluation: Sendable, Codable, Equatable {
    /// The clip's name as in the list.
    public var clip: String
    /// The class according to the list.
    public var label: Int
    /// The reason why the clip could not be read; then the other fields are absent.
    public var error: String?
    /// The class with the largest logit for the whole video.
    public var predicted: Int?
    /// The label's rank among the classes, from 1.
    public var rank: Int?
    /// The label's probability, 0…1.
    public var probability: Double?
    public var windows: Int?
    /// The evidence of the first window; absent unless methods were requested.
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

/// The quality of the maps of a clip's first window; part of a line of `clips.jsonl`.
public struct ClipEvidence: Sendable, Codable, Equatable {
    public struct Areas: Sendable, Codable, Equatable {
        /// The areas under the class's probability while the most salient pixels of the whole clip are deleted or
        /// inserted; 0…1.
        public var deletion: Double
        public var insertion: Double
        /// The fraction of the probability regained over the fraction of information; absent if the blurred clip does
        /// not have less information, for optical flow, and if FFmpeg has no WebP.
        public var information: PerformanceInformationCurve?

        init(curves: [TrustResult.Curve], information: InformationMetric.Value?) {
            deletion = curves.of(.deletion, .clip)?.area ?? 0
            insertion = curves.of(.insertion, .clip)?.area ?? 0
            self.information = information?.softmaxCurve
        }

        /// The dependence of the probability on the most salient pixels.
        var gain: Double { insertion - deletion }
    }

    public struct Method: Sendable, Codable, Equatable {
        public var name: String
        public var areas: Areas
        /// The cost of the map.
        public var cost: PassCount
        /// The time on the machine that computed it.
        public var seconds: Double
    }

    /// The explained class: the network's answer for the window.
    public var target: Int
    /// The areas for pixels in random order, means over several orders.
    public var random: Areas
    public var methods: [Method]
}
