import Encode
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
        /// What was averaged over the copies; nil without them.
        public var noiseAverage: NoiseAverage?
        /// Of a path; nil for methods without one.
        public var steps: Int?
        /// Where the path began; nil for methods without one.
        public var baseline: PathBaseline?
        /// Nil for magnitudes.
        public var sign: HeatSign?
        /// As it was asked for.
        public var target: String
    }

    /// What the explanation took.
    public struct Cost: Sendable, Codable, Equatable {
        public var forwardPasses: Int
        public var backwardPasses: Int
        /// All of it, as a multiple of one forward pass: a backward pass counts as one.
        public var multiple: Int
    }

    public var schema = ExplainResult.currentSchema
    public var saliencyd: String
    public var input: Input
    public var model: ModelDescription
    public var method: Method
    /// All of them, in class order.
    public var logits: [Float]
    public var target: Explanation.Answer
    /// The class whose logit was taken off; nil without a contrast.
    public var contrast: Explanation.Answer?
    /// The 20 largest, largest first.
    public var topk: [Explanation.Answer]
    public var saliency: SaliencyMap.Statistics
    /// Of path methods.
    public var completeness: Completeness?
    public var cost: Cost
    public var warnings: [String]
}
