import Engine

/// The sidecar of `compare`: the cost of each method and the quality of its maps. `docs/compare.md` documents every
/// field.
public struct CompareResult: Sendable, Codable, Equatable {
    /// Incremented when the meaning of a field changes or a field is removed.
    public static let currentSchema = 1

    /// The layout of the panes, in pixels.
    public struct Panes: Sendable, Codable, Equatable {
        public var columns: Int
        public var rows: Int
        public var paneWidth: Int
        public var paneHeight: Int
        /// The size of the whole frame.
        public var width: Int
        public var height: Int
    }

    public struct Sampling: Sendable, Codable, Equatable {
        public var window: Int
        public var stride: Int
        /// The sample rate in hertz; nil if every frame is a sample.
        public var framesPerSecond: Double?
        public var fit: String
        public var clipWidth: Int
        public var clipHeight: Int
    }

    public struct Cost: Sendable, Codable, Equatable {
        public var forwardPasses: Int
        public var backwardPasses: Int
        /// The total cost as a multiple of one forward pass; a backward pass counts as one.
        public var multiple: Int
        public var seconds: Double

        init(_ passes: PassCount, seconds: Double) {
            forwardPasses = passes.forward
            backwardPasses = passes.backward
            multiple = passes.multiple
            self.seconds = seconds
        }
    }

    public struct Curves: Sendable, Codable, Equatable {
        public var deletion: PixelCurve
        public var insertion: PixelCurve
    }

    /// The quality of one map of one window.
    public struct MapEvidence: Sendable, Codable, Equatable {
        public var curves: Curves
        /// The fraction of the losses without random parts that the map does not explain, 0…1.
        public var unexplained: Double
        /// The similarity to the frames' edges.
        public var edges: MapSimilarity.Value
        /// Absent without a mask.
        public var mask: MaskAgreement?
    }

    public struct WindowEvidence: Sendable, Codable, Equatable {
        /// The curves of an uninformed map: means over several random orders of the pixels.
        public var random: Curves
        /// In the methods' order.
        public var methods: [MapEvidence]
        public var similarity: MapMatrix
        public var cost: Cost
    }

    /// The map of one method for one window.
    public struct Map: Sendable, Codable, Equatable {
        public var saliency: SaliencyMap.Statistics
        /// For path methods only.
        public var completeness: Completeness?
        /// The cost as if the method had been computed alone.
        public var cost: Cost
    }

    public struct Window: Sendable, Codable, Equatable {
        public var index: Int
        /// Seconds in the source.
        public var start: Double
        public var end: Double
        public var paddedFrames: Int
        public var target: Explanation.Prediction
        /// The class whose logit was subtracted; nil without a contrast.
        public var contrast: Explanation.Prediction?
        public var top: [Explanation.Prediction]
        public var flags: [Sidecar.WindowRecord.Flag]
        /// Seconds of the forward pass that the methods share.
        public var forwardSeconds: Double
        /// In the methods' order.
        public var methods: [Map]
        /// Only for the windows chosen for evidence.
        public var evidence: WindowEvidence?
        /// The total cost, with shared passes counted once.
        public var cost: Cost
    }

    /// The settings of evidence.
    public struct Settings: Sendable, Codable, Equatable {
        public var steps: Int
        public var deletionBaseline: String
        public var insertionBaseline: String
        /// The number of boxes for the infidelity.
        public var boxes: Int
        /// The number of random orders whose curves are averaged.
        public var randomOrders: Int
        /// The tolerance of the pointing game, in pixels of the map.
        public var tolerance: Double
        /// The file of masks; nil for none.
        public var masks: String?
        public var seed: UInt64
    }

    public var schema = CompareResult.currentSchema
    public var saliencyd: String
    public var source: Sidecar.Source
    public var model: ModelDescription
    public var panes: Panes
    public var sampling: Sampling
    /// The target as requested.
    public var target: String
    public var settings: Settings
    public var summary: CompareSummary
    public var windows: [Window]
    public var unexplained: [Sidecar.Gap]
    public var warnings: [String]
    /// Whether the job was asked to stop before the source's end.
    public var interrupted: Bool
}
