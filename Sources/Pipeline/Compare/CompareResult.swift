import Engine

/// The sidecar of `compare`: what each method costs and what its maps are worth. `docs/compare.md` documents every field.
public struct CompareResult: Sendable, Codable, Equatable {
    /// Raised when a field changes its meaning or goes away.
    public static let currentSchema = 1

    /// Where the panes lie, in pixels.
    public struct Panes: Sendable, Codable, Equatable {
        public var columns: Int
        public var rows: Int
        public var paneWidth: Int
        public var paneHeight: Int
        /// Of the whole frame.
        public var width: Int
        public var height: Int
    }

    public struct Sampling: Sendable, Codable, Equatable {
        public var window: Int
        public var stride: Int
        /// Of the samples; nil where every frame is one.
        public var framesPerSecond: Double?
        public var fit: String
        public var clipWidth: Int
        public var clipHeight: Int
    }

    public struct Cost: Sendable, Codable, Equatable {
        public var forwardPasses: Int
        public var backwardPasses: Int
        /// All of it, as a multiple of one forward pass: a backward pass counts as one.
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

    /// What one map of one window is worth.
    public struct MapEvidence: Sendable, Codable, Equatable {
        public var curves: Curves
        /// What it leaves unexplained of the losses without random parts, 0…1.
        public var unexplained: Double
        /// How alike it is to the frames' edges.
        public var edges: MapSimilarity.Value
        /// Absent without a mask.
        public var mask: MaskAgreement?
    }

    public struct WindowEvidence: Sendable, Codable, Equatable {
        /// Of a map without knowledge: pixels in random order.
        public var random: Curves
        /// In the methods' order.
        public var methods: [MapEvidence]
        public var similarity: MapMatrix
        public var cost: Cost
    }

    /// What one method made of one window.
    public struct Map: Sendable, Codable, Equatable {
        public var saliency: SaliencyMap.Statistics
        /// Of path methods.
        public var completeness: Completeness?
        /// As if the method had been alone.
        public var cost: Cost
    }

    public struct Window: Sendable, Codable, Equatable {
        public var index: Int
        /// Seconds in the source.
        public var start: Double
        public var end: Double
        public var paddedFrames: Int
        public var target: Explanation.Prediction
        /// The class whose logit was taken off; nil without a contrast.
        public var contrast: Explanation.Prediction?
        public var top: [Explanation.Prediction]
        public var flags: [Sidecar.WindowRecord.Flag]
        /// Seconds of the forward pass that its methods share.
        public var forwardSeconds: Double
        /// In the methods' order.
        public var methods: [Map]
        /// Of the windows chosen for it.
        public var evidence: WindowEvidence?
        /// What all of it took, without the passes that were shared.
        public var cost: Cost
    }

    /// What evidence was measured with.
    public struct Settings: Sendable, Codable, Equatable {
        public var steps: Int
        public var deletionBaseline: String
        public var insertionBaseline: String
        /// Of the infidelity.
        public var boxes: Int
        /// Of the pointing game, in pixels of the map.
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
    /// As it was asked for.
    public var target: String
    public var settings: Settings
    public var summary: CompareSummary
    public var windows: [Window]
    public var unexplained: [Sidecar.Gap]
    public var warnings: [String]
    /// Whether the job was asked to stop before the source's end.
    public var interrupted: Bool
}
