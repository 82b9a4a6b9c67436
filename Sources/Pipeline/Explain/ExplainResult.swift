import Encode
import Engine

/// `result.json` of `explain`: the network's whole answer on one window, and what it was asked. `docs/explain.md` documents
/// every field.
public struct ExplainResult: Sendable, Codable, Equatable {
    public static let currentSchema = 1

    public struct Input: Sendable, Codable, Equatable {
        public var name: String
        public var container: String
        /// Size of the source's upright frame in pixels.
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

    /// One target's explanation, where several are explained.
    public struct Explained: Sendable, Codable, Equatable {
        /// In the names of its files: `maps_NAME_0000.jpg`, `montage_NAME.png`.
        public var name: String
        /// As it was asked for.
        public var asked: String
        public var target: Explanation.Prediction
        public var contrast: Explanation.Prediction?
        public var saliency: SaliencyMap.Statistics
        public var frameMeans: [Float]
        public var completeness: Completeness?
    }

    /// What the explanation took, that of all targets together.
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
    public var method: MethodRecord
    /// All of them, in class order.
    public var logits: [Float]
    public var target: Explanation.Prediction
    /// The class whose logit was taken off; nil without a contrast.
    public var contrast: Explanation.Prediction?
    /// The 20 largest, largest first.
    public var topk: [Explanation.Prediction]
    public var saliency: SaliencyMap.Statistics
    /// The mean of the map as it is drawn, low-passed in time, over each sample.
    public var frameMeans: [Float]
    /// Of path methods.
    public var completeness: Completeness?
    /// All of them, where there are several; `target` to `completeness` are the first one's.
    public var targets: [Explained]?
    public var cost: Cost
    public var warnings: [String]
}
