import Decode

/// How a source is cut into windows; what is nil comes from the model's manifest.
public struct SamplingRequest: Sendable, Equatable {
    public enum Rate: Sendable, Equatable {
        /// The rate the model was trained at.
        case model
        /// Every frame is one sample.
        case native
        case framesPerSecond(Double)
    }

    /// T, in samples.
    public var window: Int?
    /// Samples from one window's start to the next, 1…T; half a window unless said.
    public var stride: Int?
    public var rate: Rate
    /// Pixels.
    public var shortSide: Int?
    public var fit: FramePreparation.Fit
    /// The index in a video file of the stream that is shown to the network; nil chooses.
    public var stream: Int?
    /// What shows where frames are transparent.
    public var background: BackgroundColor

    /// Lengths that a window may have.
    public static let windows = 1...4096
    /// Strides that the window may have.
    public var strides: ClosedRange<Int> { 1...max(1, window ?? Self.windows.upperBound) }
    /// Indices that a stream may have.
    public static let streams = 0...63

    public init(
        window: Int? = nil, stride: Int? = nil, rate: Rate = .model, shortSide: Int? = nil,
        fit: FramePreparation.Fit = .crop, stream: Int? = nil, background: BackgroundColor = .black
    ) {
        self.window = window
        self.stride = stride
        self.rate = rate
        self.shortSide = shortSide
        self.fit = fit
        self.stream = stream
        self.background = background
    }
}

extension SamplingRequest {
    /// How the source is opened.
    var source: SourceOptions {
        var options = SourceOptions()
        options.input.videoStream = stream
        options.input.background = background
        return options
    }
}
