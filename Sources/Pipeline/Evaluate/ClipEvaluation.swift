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

/// What the maps of a clip's first window are worth; a part of a line of `clips.jsonl`.
public struct ClipEvidence: Sendable, Codable, Equatable {
    public struct Areas: Sendable, Codable, Equatable {
        /// Under the class's probability while the most salient pixels of the whole clip are taken away, and put in; 0…1.
        public var deletion: Double
        public var insertion: Double
        /// How much of the probability is back with how much of the information; absent where the blurred clip has no less of
        /// it, for optical flow, and where FFmpeg has no WebP.
        public var information: PerformanceInformationCurve?

        init(curves: [TrustResult.Curve], information: InformationMetric.Value?) {
            deletion = curves.of(.deletion, .clip)?.area ?? 0
            insertion = curves.of(.insertion, .clip)?.area ?? 0
            self.information = information?.softmaxCurve
        }

        /// How much of the probability hangs on the most salient pixels.
        var gain: Double { insertion - deletion }
    }

    public struct Method: Sendable, Codable, Equatable {
        public var name: String
        public var areas: Areas
        /// What the map cost.
        public var cost: PassCount
        /// On the machine that made it.
        public var seconds: Double
    }

    /// The explained class: the network's answer to the window.
    public var target: Int
    /// Of pixels in random order.
    public var random: Areas
    public var methods: [Method]
}
