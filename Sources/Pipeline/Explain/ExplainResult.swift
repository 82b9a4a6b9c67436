import Engine

/// `result.json` of `explain`: the network's whole answer on one window, and what it was asked. `docs/explain.md` documents
/// every field.
public struct ExplainResult: Sendable, Codable, Equatable {
    public static let currentSchema = 1

    public struct Input: Sendable, Codable, Equatable {
        public var name: String
        public var container: String
        /// Size of the source's upright picture in pixels.
        public var width: Int
        public var height: Int
        /// What the network saw: `[T, H, W, C]`.
        public var clip: [Int]
        /// Seconds in the source of each of the T samples.
        public var times: [Double]
        /// How many samples at the end repeat the last real one.
        public var paddedFrames: Int
        /// Whether a frame of the window was damaged.
        public var corrupt: Bool
    }

    public struct Method: Sendable, Codable, Equatable {
        public var name: String
        public var smoothSamples: Int
        public var seed: UInt64
    }

    public var schema = ExplainResult.currentSchema
    public var saliencyd: String
    public var input: Input
    public var model: ModelDescription
    public var method: Method
    /// All of them, in class order.
    public var logits: [Float]
    public var target: Explanation.Answer
    /// The 20 largest, largest first.
    public var topk: [Explanation.Answer]
    public var saliency: SaliencyMap.Statistics
    public var warnings: [String]
}
