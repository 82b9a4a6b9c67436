import Engine

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
