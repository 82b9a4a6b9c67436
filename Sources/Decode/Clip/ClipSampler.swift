import Media

/// Samples frames by time and divides the samples into windows; a sampled frame is converted once, other frames never.
///
/// `SourceFrame` is the frame type of the source; a frame is held until its duration is known.
struct ClipSampler<SourceFrame> {
    private var clock: SampleClock
    private var assembler: WindowAssembler
    private var shown: (sourceFrame: SourceFrame, time: Double, duration: Double)?
    /// The last known interval between two frames, in seconds.
    private var interval: Double

    /// - Parameters:
    ///   - start: the time of sample 0, in seconds since the source's first frame.
    ///   - timeBase: the time base of the source's time stamps, to which they are rounded.
    ///   - nominalInterval: the seconds from frame to frame to use until they are known.
    /// - Throws: `MediaError.refused` for a length, stride or rate out of range.
    init(
        length: Int, stride: Int, rate: FrameRate, start: Double = 0, timeBase: Rational, nominalInterval: Double
    ) throws(MediaError) {
        guard length >= 1 else { throw MediaError(.refused, "a window needs at least one frame, not \(length)") }
        guard stride >= 1, stride <= length else {
            throw MediaError(.refused, "the stride must lie between 1 and the window's \(length) frames, not \(stride)")
        }
        if case .framesPerSecond(let value) = rate {
            guard value > 0, value <= SampleClock.highestRate else {
                throw MediaError(.refused, "the frame rate must lie between 0 and 1000, not \(value)")
            }
        }
        guard start >= 0, start < 1e9 else { throw MediaError(.refused, "the start must not lie at \(start) s") }
        clock = SampleClock(rate: rate, start: start, timeBase: timeBase)
        assembler = WindowAssembler(length: length, stride: stride)
        interval = nominalInterval
    }

    /// The number of samples held.
    var heldCount: Int { assembler.heldCount }

    /// - Parameters:
    ///   - time: the frame's time in seconds, later than the previous frame's.
    ///   - duration: in seconds, 0 if unknown.
    ///   - convert: makes the network's frame; called at most once per frame.
    /// - Returns: the windows that are complete now.
    mutating func append(
        _ sourceFrame: SourceFrame, time: Double, duration: Double,
        convert: (SourceFrame) throws(MediaError) -> ClipFrame
    ) throws(MediaError) -> [Window] {
        defer { shown = (sourceFrame, time, duration) }
        if let shown { interval = time - shown.time }
        switch clock.rate {
        case .native:
            guard clock.hasBegun(at: time) else { return [] }
            return [assembler.append(try convert(sourceFrame), time: time)].compactMap(\.self)
        case .framesPerSecond(let rate):
            guard let shown else { return [] }
            return try emit(shown.sourceFrame, clock.samples(until: time, rate: rate), rate, convert)
        }
    }

    /// Ends the source: the last frame is sampled for its duration, and the last window is padded.
    mutating func finish(convert: (SourceFrame) throws(MediaError) -> ClipFrame) throws(MediaError) -> [Window] {
        guard let shown else { return [] }
        self.shown = nil
        let lasts = shown.duration > 0 ? shown.duration : interval
        switch clock.rate {
        case .native:
            return [assembler.finish(interval: lasts)].compactMap(\.self)
        case .framesPerSecond(let rate):
            let samples = clock.lastSamples(from: shown.time, until: shown.time + lasts, rate: rate)
            let windows = try emit(shown.sourceFrame, samples, rate, convert)
            return windows + [assembler.finish(interval: 1 / rate)].compactMap(\.self)
        }
    }

    private mutating func emit(
        _ sourceFrame: SourceFrame, _ samples: Range<Int>, _ rate: Double,
        _ convert: (SourceFrame) throws(MediaError) -> ClipFrame
    ) throws(MediaError) -> [Window] {
        guard !samples.isEmpty else { return [] }
        let frame = try convert(sourceFrame)
        return samples.compactMap { assembler.append(frame, time: clock.time(of: $0, rate: rate)) }
    }
}
