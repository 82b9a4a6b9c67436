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
    public var sampling: SamplingRequest
    /// The target and the noise of all methods; its method is not used.
    public var saliency: SaliencyRequest
    /// Whether existing files may be replaced.
    public var isReplacing: Bool

    /// The two methods with the lowest cost, one of which is known to fail.
    public static let standardMethods: [SaliencyRequest.Method] = [.gradient, .guidedBackprop]

    public init(
        input: String, output: String, start: Double = 0,
        methods: [SaliencyRequest.Method] = Self.standardMethods, mask: String? = nil,
        tolerance: Double = 15, steps: Int = 20, sampling: SamplingRequest = SamplingRequest(),
        saliency: SaliencyRequest = SaliencyRequest(), isReplacing: Bool = false
    ) {
        self.input = input
        self.output = output
        self.start = start
        self.methods = methods
        self.mask = mask
        self.tolerance = tolerance
        self.steps = steps
        self.sampling = sampling
        self.saliency = saliency
        self.isReplacing = isReplacing
    }

    /// Checks that the mask can be read; its shape is checked once the window is known.
    public func checkMask() throws(MediaError) {
        if let mask { _ = try NumPyFile(mask) }
    }

    /// Checks the output before any work starts.
    public func checkOutput() throws(FileError) {
        try StagedFolder.check(output, isReplacing: isReplacing)
    }
}
