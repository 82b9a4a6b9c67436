import Encode

/// The settings of a live stream, except its address and outputs.
public struct LiveRequest: Sendable, Equatable {
    public enum Latency: String, Sendable, CaseIterable {
        /// Each frame waits until the windows that cover it are explained: up to a window's duration and `bound`.
        case smooth
        /// Each frame is drawn immediately with the newest window's heat.
        case low
    }

    /// If it has no stride, the stride adapts to the engine's speed.
    public var sampling: SamplingRequest
    public var saliency: SaliencyRequest
    public var drawing: DrawingRequest
    public var video: VideoSettings
    /// Masks and zones.
    public var regions: FrameRegions
    public var latency: Latency
    /// The seconds by which a frame may be late, beyond the window that `Latency.smooth` waits for, before it is
    /// dropped.
    public var bound: Double

    public init(
        sampling: SamplingRequest = SamplingRequest(), saliency: SaliencyRequest = SaliencyRequest(),
        drawing: DrawingRequest = DrawingRequest(), video: VideoSettings = VideoSettings(),
        regions: FrameRegions = FrameRegions(), latency: Latency = .smooth, bound: Double = 2
    ) {
        self.sampling = sampling
        self.saliency = saliency
        self.drawing = drawing
        self.video = video
        self.regions = regions
        self.latency = latency
        self.bound = bound
    }
}
