import Engine

/// `trust.json`: the evidence for and against each method's explanation of one window. `docs/trust.md` documents every field.
public struct TrustResult: Sendable, Codable, Equatable {
    public static let currentSchema = 1

    public struct Settings: Sendable, Codable, Equatable {
        public var steps: Int
        public var deletionBaseline: ClipBaseline
        public var insertionBaseline: ClipBaseline
        /// Of the infidelity.
        public var boxes: Int
        /// Of the max-sensitivity: how many noisy clips, and the noise's reach as a part of the clip's range.
        public var noiseSamples: Int
        public var noiseRadius: Float
        /// Of the pointing game, in pixels.
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
    }

    public struct Information: Sendable, Codable, Equatable {
        public var readings: InformationMetric.Value
        /// Under the performance information curves, 0…1: of the class's probability, and of whether it is the answer. Absent
        /// where the blurred clip has no less of it.
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
        /// Absent for optical flow, and where FFmpeg has no WebP.
        public var information: Information?
        public var infidelity: Infidelity.Value?
        /// Absent where the map is 0 everywhere.
        public var maxSensitivity: Double?
        /// Of methods with a path.
        public var completeness: Completeness?
        /// The network's weights randomised from the logits down.
        public var cascade: [CascadingRandomization.Step]
        /// Other classes explained.
        public var classes: [LogitRandomization.Step]
        /// How alike the map is to the frames' edges.
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
    /// The 5 largest, largest first.
    public var topk: [Explanation.Prediction]
    /// The curves of a map without knowledge: pixels in random order.
    public var random: [Curve]
    public var randomInformation: Information?
    public var randomInfidelity: Infidelity.Value?
    public var methods: [Method]
    public var warnings: [String]
}

extension [TrustResult.Curve] {
    func of(_ direction: PixelCurveMetric.Direction, _ scope: PixelCurveMetric.Scope) -> TrustResult.Curve? {
        first { $0.direction == direction && $0.scope == scope }
    }

    /// How much of the target's probability hangs on the most salient pixels: insertion's area less deletion's.
    var gain: Double {
        (of(.insertion, .clip)?.area ?? 0) - (of(.deletion, .clip)?.area ?? 0)
    }
}
