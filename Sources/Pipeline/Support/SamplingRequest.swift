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
    public var fit: PicturePreparation.Fit
    /// What shows where frames are transparent.
    public var background: BackgroundColor

    public init(
        window: Int? = nil, stride: Int? = nil, rate: Rate = .model, shortSide: Int? = nil,
        fit: PicturePreparation.Fit = .crop, background: BackgroundColor = .black
    ) {
        self.window = window
        self.stride = stride
        self.rate = rate
        self.shortSide = shortSide
        self.fit = fit
        self.background = background
    }
}
