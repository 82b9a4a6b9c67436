import Decode
import Engine
import Files
import Media

/// All settings of a `trust` job.
public struct TrustRequest: Sendable {
    public var input: String
    /// The output folder.
    public var output: String
    /// The window's start, in seconds since the source's first frame.
    public var start: Double
    /// The methods to evaluate, in the report's order.
    public var methods: [SaliencyRequest.Method]
    /// The object's mask, `.npy` [T, H, W]; 0 is outside.
    public var mask: String?
    /// The maximum distance of the most salient pixel from the mask, in pixels.
    public var tolerance: Double
    /// The number of points of each curve minus one.
    public var steps: Int
    /// The number of boxes that are removed one at a time.
    public var boxes: Int
    /// The number of random orders over which the figures of an uninformed map are averaged.
    public var randomOrders: Int
    /// Whether to measure also what no verdict depends on: curves that rank the pixels of each frame, information
    /// curves, and networks whose first layers are randomised too.
    public var isFull: Bool
    public var sampling: SamplingRequest
    /// The target and the noise of all methods; its method is not used.
    public var saliency: SaliencyRequest
    /// Whether existing files may be replaced.
    public var isReplacing: Bool

    /// The two methods with the lowest cost, one of which is known to fail.
    public static let standardMethods: [SaliencyRequest.Method] = [.gradient, .guidedBackprop]
    /// Chosen by the spread of figures over seeds: `docs/trust.md`.
    public static let standardBoxes = 200
    /// The allowed numbers of boxes.
    public static let boxCounts = 2...10_000

    public init(
        input: String, output: String, start: Double = 0,
        methods: [SaliencyRequest.Method] = Self.standardMethods, mask: String? = nil,
        tolerance: Double = 15, steps: Int = 20, boxes: Int = Self.standardBoxes,
        randomOrders: Int = RandomOrder.standardCount, isFull: Bool = false,
        sampling: SamplingRequest = SamplingRequest(), saliency: SaliencyRequest = SaliencyRequest(),
        isReplacing: Bool = false
    ) {
        self.input = input
        self.output = output
        self.start = start
        self.methods = methods
        self.mask = mask
        self.tolerance = tolerance
        self.steps = steps
        self.boxes = boxes
        self.randomOrders = randomOrders
        self.isFull = isFull
        self.sampling = sampling
        self.saliency = saliency
        self.isReplacing = isReplacing
    }

    /// The settings in the report.
    var settings: TrustResult.Settings {
        let sensitivity = MaxSensitivity()
        return TrustResult.Settings(
            steps: steps, deletionBaseline: TrustCurves.deletionBaseline,
            insertionBaseline: TrustCurves.insertionBaseline, boxes: boxes, randomOrders: randomOrders, full: isFull,
            noiseSamples: sensitivity.samples, noiseRadius: sensitivity.radius, tolerance: tolerance,
            smoothSamples: saliency.smoothSamples, seed: saliency.seed)
    }

    /// Checks that the mask can be read; its shape is checked once the window is known.
    public func checkMask() throws(MediaError) {
        if let mask { _ = try NumPyFile(mask) }
    }

    /// The folder beside the output that holds what has been measured until the report is written.
    public var unfinishedFolder: String { TrustJournal.folder(of: output) }

    /// Checks the output before any work starts.
    public func checkOutput() throws(FileError) {
        try StagedFolder.check(output, isReplacing: isReplacing)
    }
}
