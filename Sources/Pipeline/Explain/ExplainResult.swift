import Encode
import Engine

/// `result.json` of `explain`: the network's complete answer for one window, and the request. `docs/explain.md`
/// documents every field.
public struct ExplainResult: Sendable, Codable, Equatable {
    public static let currentSchema = 1

    public struct Input: Sendable, Codable, Equatable {
        public var name: String
        public var container: String
        /// Size of the source's upright frame in pixels.
        public var width: Int
        public var height: Int
        /// The shape of the network's input: `[T, H, W, C]`.
        public var clip: [Int]
        /// The times of the T samples in the source, in seconds.
        public var times: [Double]
        /// The number of samples at the end that repeat the last real one.
        public var paddedFrames: Int
        /// Whether a frame of the window was damaged.
        public var corrupt: Bool
    }

    /// The explanation of one of several targets.
    public struct Explained: Sendable, Codable, Equatable {
        /// The target's name in file names: `maps_NAME_0000.jpg`, `montage_NAME.png`.
        public var name: String
        /// The target as requested.
        public var asked: String
        public var target: Explanation.Prediction
        public var contrast: Explanation.Prediction?
        public var saliency: SaliencyMap.Statistics
        public var frameMeans: [Float]
        public var completeness: Completeness?
    }

    /// The cost of the explanation of all targets together.
    public struct Cost: Sendable, Codable, Equatable {
        public var forwardPasses: Int
        public var backwardPasses: Int
        /// The total cost as a multiple of one forward pass; a backward pass counts as one.
        public var multiple: Int
    }

    public var schema = ExplainResult.currentSchema
    public var saliencyd: String
    public var input: Input
    public var model: ModelDescription
    public var method: MethodRecord
    /// All logits, in class order.
    public var logits: [Float]
    public var target: Explanation.Prediction
    /// The class whose logit was subtracted; nil without a contrast.
    public var contrast: Explanation.Prediction?
    /// The 20 classes with the largest logits, in descending order.
    public var topk: [Explanation.Prediction]
    public var saliency: SaliencyMap.Statistics
    /// The mean over each sample of the map after the temporal low-pass, with which it is drawn.
    public var frameMeans: [Float]
    /// For path methods only.
    public var completeness: Completeness?
    /// All targets if there are several; `target` to `completeness` are the first one's.
    public var targets: [Explained]?
    public var cost: Cost
    public var warnings: [String]
}
