import Media

/// Limits the memory of a job's frames: frames that wait for their heat are counted, and a source that can never fit is
/// refused at the first frame, before the kernel kills the process.
///
/// A frame waits until no further window can change its heat: up to a window and a stride of frames, in their decoded
/// size. Frames held by the decoder and the encoder are additional.
struct FrameBudget {
    /// The maximum sizes in bytes of the frames in the queues between the job's threads.
    static let readAheadBytes = 256 << 20
    static let writeBehindBytes = 128 << 20
    /// The number of frames that the decoder, the encoder and both ends of the queues hold simultaneously: measured
    /// with an H.264 clip of 8192x4352, which took 5.8 GB, minus its 80 waiting frames of 53 MB.
    static let heldByCodecs = 28

    let limit: Int
    private(set) var waiting = 0
    private var isChecked = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds a frame that will wait.
    ///
    /// - Throws: `MediaError.refused` if the frames exceed the limit, or will exceed it.
    mutating func reserve(_ frame: VideoFrame, source: OpenedSource) throws(MediaError) {
        let bytes = frame.buffer.byteCount
        waiting += bytes
        let others = bytes * Self.heldByCodecs
        if !isChecked {
            isChecked = true
            let need = bytes * Self.frames(of: source) + others
            if need > limit { throw refusal(need, frame, source) }
        }
        // The source has more frames than it states.
        if waiting + others > limit { throw refusal(waiting + others, frame, source) }
    }

    mutating func release(_ frame: VideoFrame) {
        waiting -= frame.buffer.byteCount
    }

    /// The number of frames that wait for their heat simultaneously.
    static func frames(of source: OpenedSource) -> Int {
        let sampling = source.sampling
        let samples = Double(sampling.window + sampling.stride)
        let rate = source.properties.averageFrameRate
        let frames: Double =
            switch sampling.rate {
            case .native: samples
            case .framesPerSecond(let value): (samples / value * (rate.isPositive ? rate.value : 25)).rounded(.up)
            }
        let most = Int(min(max(frames, 1), 1e6))
        return min(most, source.properties.estimatedFrameCount ?? most)
    }

    private func refusal(_ need: Int, _ frame: VideoFrame, _ source: OpenedSource) -> MediaError {
        MediaError(
            .refused,
            "its frames of \(frame.width)x\(frame.height) take \(Self.text(need)) at once, and \(Self.text(limit)) are allowed; a shorter window needs less, and engine.frame-memory of the daemon allows more",
            file: source.properties.name)
    }

    private static func text(_ bytes: Int) -> String {
        let megabytes = Double(bytes) / 1e6
        return megabytes < 1000
            ? "\(Int(megabytes.rounded(.up))) MB" : "\((megabytes / 100).rounded(.up) / 10) GB"
    }
}
