import Decode

/// How a source is cut into windows; values that are nil come from the model's manifest.
public struct SamplingRequest: Sendable, Equatable {
    public enum Rate: Sendable, Equatable {
        /// The rate with which the model was trained.
        case model
        /// Every frame is one sample.
        case native
        case framesPerSecond(Double)
    }

    /// The length T of a window in samples.
    public var window: Int?
    /// The samples from one window's start to the next, 1…T; nil for half a window.
    public var stride: Int?
    public var rate: Rate
    /// The length of the frame's shorter side before the crop, in pixels.
    public var shortSide: Int?
    public var fit: FramePreparation.Fit
    /// The index of the video stream in a file that is shown to the network; nil to choose it automatically.
    public var stream: Int?
    /// The colour behind transparent parts of frames.
    public var background: BackgroundColor

    /// The allowed lengths of a window.
    public static let windows = 1...4096
    /// The allowed strides for the window.
    public var strides: ClosedRange<Int> { 1...max(1, window ?? Self.windows.upperBound) }
    /// The allowed indices of a stream.
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
