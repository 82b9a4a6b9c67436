import Decode
import Engine
import Files
import Media

/// Everything `trust` is asked for.
public struct TrustRequest: Sendable {
    public var input: String
    /// The folder to write.
    public var output: String
    /// Where the window begins, in seconds since the source's first frame.
    public var start: Double
    /// The methods to judge, in the order of the report.
    public var methods: [SaliencyRequest.Method]
    /// A mask of where the object is, `.npy` [T, H, W]: 0 is outside.
    public var mask: String?
    /// How far from the mask the most salient pixel may lie, in pixels.
    public var tolerance: Double
    /// Points of each curve, less one.
    public var steps: Int
    public var sampling: SamplingRequest
    /// What all methods explain, and their noise; its method is not used.
    public var saliency: SaliencyRequest
    /// Whether existing files may be replaced.
    public var isReplacing: Bool

    /// The two that a window costs least with, and of which one is known to fail.
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

    /// Refuses a mask that cannot be read; whether it is of the window's size is known once there is a window.
    public func checkMask() throws(MediaError) {
        if let mask { _ = try NumPyFile(mask) }
    }

    /// Refuses before any work what could only fail after it.
    public func checkOutput() throws(FileError) {
        try StagedFolder.check(output, isReplacing: isReplacing)
    }
}
