import Media

/// The sliding clip window: takes a source's frames, hands out windows of T samples at the model's frame rate.
///
/// Windows begin `stride` samples apart. Frames that no sample shows are not converted; samples on the same frame share
/// one `ClipFrame`; no more than T of them are held. Not thread-safe.
public final class ClipWindow {
    /// Where the windows' pixels lie in the upright source frame.
    public var mapping: FrameMapping { converter.mapping }
    /// Samples of a window.
    public let length: Int
    public let stride: Int
    public let rate: FrameRate

    private let converter: FrameConverter
    private let timeBase: Rational
    private var sampler: ClipSampler<VideoFrame>

    /// - Parameters:
    ///   - length: T, samples of a window.
    ///   - stride: samples from one window's start to the next's, 1…T.
    ///   - rate: of the samples.
    ///   - start: the time of sample 0, in seconds since the first frame; frames before it are passed over.
    /// - Throws: `MediaError.refused` for a length, stride, rate or preparation that makes no sense.
    public init(
        source: SourceProperties, preparation: FramePreparation, length: Int, stride: Int, rate: FrameRate,
        start: Double = 0
    ) throws(MediaError) {
        converter = try FrameConverter(source: source, preparation: preparation)
        sampler = try ClipSampler(
            length: length, stride: stride, rate: rate, start: start, timeBase: source.timeBase,
            nominalInterval: source.nominalInterval)
        timeBase = source.timeBase
        self.length = length
        self.stride = stride
        self.rate = rate
    }

    /// How many samples are held.
    public var heldCount: Int { sampler.heldCount }

    /// Takes the next frame.
    ///
    /// - Returns: the windows that are complete now: none, one, or several after a long-lasting frame.
    public func append(_ frame: VideoFrame) throws(MediaError) -> [Window] {
        try sampler.append(frame, time: frame.time, duration: timeBase.seconds(frame.duration)) {
            frame throws(MediaError) in try converter.convert(frame)
        }
    }

    /// Ends the source. The last frame is shown for its duration; what no window covers yet comes as a last window, padded
    /// by repeating the last sample. Never more than that: a source shorter than T gives exactly one window, one whose end
    /// coincides with a window's gives none here.
    public func finish() throws(MediaError) -> [Window] {
        try sampler.finish { frame throws(MediaError) in try converter.convert(frame) }
    }
}

extension SourceProperties {
    /// Seconds from frame to frame where nothing better is known.
    var nominalInterval: Double {
        averageFrameRate.isPositive ? 1 / averageFrameRate.value : 0.04
    }
}
