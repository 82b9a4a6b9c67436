import Media

/// The sliding clip window: receives a source's frames and returns windows of T samples at the model's frame rate.
///
/// Windows begin `stride` samples apart. Frames that no sample shows are not converted; samples of the same frame share
/// one `ClipFrame`; at most T samples are held. Not thread-safe.
public final class ClipWindow {
    /// Maps the windows' pixels to the upright source frame.
    public var mapping: FrameMapping { converter.mapping }
    /// T, the number of samples in a window.
    public let length: Int
    public let stride: Int
    public let rate: FrameRate

    private let converter: FrameConverter
    private let timeBase: Rational
    private var sampler: ClipSampler<VideoFrame>

    /// - Parameters:
    ///   - length: T, the number of samples in a window.
    ///   - stride: samples from one window's start to the next's, 1…T.
    ///   - rate: the rate of the samples.
    ///   - start: the time of sample 0, in seconds since the first frame; earlier frames are skipped.
    /// - Throws: `MediaError.refused` for an invalid length, stride, rate or preparation.
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

    /// The number of samples held.
    public var heldCount: Int { sampler.heldCount }

    /// Appends the next frame.
    ///
    /// - Returns: the windows that are complete now: none, one, or several after a frame of long duration.
    public func append(_ frame: VideoFrame) throws(MediaError) -> [Window] {
        try sampler.append(frame, time: frame.time, duration: timeBase.seconds(frame.duration)) {
            frame throws(MediaError) in try converter.convert(frame)
        }
    }

    /// Ends the source. The last frame is sampled for its duration; samples that no window covers yet are returned as a
    /// last window, padded by repeating the last sample. A source shorter than T results in exactly one window; if the
    /// source ends where a window ends, none is returned.
    public func finish() throws(MediaError) -> [Window] {
        try sampler.finish { frame throws(MediaError) in try converter.convert(frame) }
    }
}

extension SourceProperties {
    /// The seconds from frame to frame by the stated rate, or 1/25 s if none is stated.
    var nominalInterval: Double {
        averageFrameRate.isPositive ? 1 / averageFrameRate.value : 0.04
    }
}
