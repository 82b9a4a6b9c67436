import Engine

/// `trust.json`: the evidence for and against each method's explanation of one window. `docs/trust.md` documents every field.
public struct TrustResult: Sendable, Codable, Equatable {
    public static let currentSchema = 2

    public struct Settings: Sendable, Codable, Equatable {
        public var steps: Int
        public var deletionBaseline: ClipBaseline
        public var insertionBaseline: ClipBaseline
        /// The number of boxes for the infidelity.
        public var boxes: Int
        /// The number of random orders whose figures are averaged.
        public var randomOrders: Int
        /// Whether also what no verdict depends on was measured.
        public var full: Bool
        /// The number of noisy clips for the max-sensitivity, and the noise's amplitude as a fraction of the clip's
        /// range.
        public var noiseSamples: Int
        public var noiseRadius: Float
        /// The tolerance of the pointing game, in pixels.
        public var tolerance: Double
        public var smoothSamples: Int
        public var seed: UInt64
    }

    public struct Curve: Sendable, Codable, Equatable {
        public var direction: PixelCurveMetric.Direction
        public var scope: PixelCurveMetric.Scope
        /// 0…1.
        public var area: Double
        public var fractions: [Double]
        public var probabilities: [Double]
        /// Of random orders, whose mean the curve is: the area of each.
        public var areas: [Double]?
    }

    public struct Information: Sendable, Codable, Equatable {
        public var readings: InformationMetric.Value
        /// Areas under the performance information curves, 0…1: of the class's probability, and of whether it is the
        /// answer. Absent if the blurred clip does not have less information.
        public var softmaxArea: Double?
        public var accuracyArea: Double?

        init(_ readings: InformationMetric.Value) {
            self.readings = readings
            softmaxArea = readings.softmaxCurve?.area
            accuracyArea = readings.accuracyCurve?.area
        }
    }

    public struct Method: Sendable, Codable, Equatable {
        public var name: String
        public var curves: [Curve]
        /// Only of a full measurement; absent also for optical flow, and if FFmpeg has no WebP.
        public var information: Information?
        public var infidelity: Infidelity.Value?
        /// The unexplained part as a multiple of the random orders'.
        public var unexplainedRatio: BoxPredictions.Ratio?
        /// The change of the map for each noisy clip, as a fraction of the map; empty if the map is 0 everywhere.
        public var noise: [Double]
        /// The largest of them; absent if the map is 0 everywhere.
        public var maxSensitivity: Double?
        /// For path methods only.
        public var completeness: Completeness?
        /// The maps while the network's weights are randomised from the logits down.
        public var cascade: [CascadingRandomization.Step]
        /// The maps of other classes.
        public var classes: [LogitRandomization.Step]
        /// The similarity to the frames' edges.
        public var edges: MapSimilarity.Value
        /// Absent without a mask.
        public var mask: MaskAgreement?
        public var verdict: TrustVerdict
    }

    public var schema = TrustResult.currentSchema
    public var saliencyd: String
    public var input: ExplainResult.Input
    public var model: ModelDescription
    public var settings: Settings
    /// The explained class.
    public var target: Explanation.Prediction
    /// The 5 classes with the largest logits, in descending order.
    public var topk: [Explanation.Prediction]
    /// The curves of an uninformed map: means over several random orders of the pixels.
    public var random: [Curve]
    /// The standard error of the mean of insertion's area minus deletion's over the random orders; absent for one order.
    public var randomGainError: Double?
    /// Of the first random order; only of a full measurement.
    public var randomInformation: Information?
    public var randomInfidelity: Infidelity.Value?
    /// The methods between whose figures `weights` places a map.
    public var weightReferences: WeightReferences?
    public var methods: [Method]
    public var warnings: [String]
}
