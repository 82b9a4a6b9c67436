import Engine

/// What the network sees in one video.
public struct ClassifyResult: Sendable, Codable {
    public struct Window: Sendable, Codable {
        public var index: Int
        /// Seconds in the source.
        public var start: Double
        public var end: Double
        public var paddedFrames: Int
        /// The largest classes, largest first.
        public var top: [Explanation.Answer]
    }

    public var input: String
    public var windows: [Window]
    /// Of the whole video: its logits are the mean of its windows'.
    public var top: [Explanation.Answer]
    /// The whole video's logits, in class order.
    public var logits: [Float]
    public var warnings: [String]
}
