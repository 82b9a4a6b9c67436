import Media

/// The memory of a job's frames: those that wait for their heat are counted, and what can never fit is refused at the first
/// frame, before the kernel ends the process.
///
/// A frame waits until no further window can change its heat: up to a window and a stride of them, each as large as the
/// decoder made it. Those that the decoder and the encoder keep come on top.
struct FrameBudget {
    /// Bytes of the frames that wait between the job's threads.
    static let readAheadBytes = 256 << 20
    static let writeBehindBytes = 128 << 20
    /// Frames that the decoder, the encoder and the two ends of the queues hold at once: what is left of the 5.8 GB
    /// that a clip of 8192x4352 took in H.264 when its 80 frames of 53 MB are taken away.
    static let heldByCodecs = 28

    let limit: Int
    private(set) var waiting = 0
    private var isChecked = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a frame that is going to wait.
    ///
    /// - Throws: `MediaError.refused` if that is more than the job may hold, or is going to be.
    mutating func take(_ frame: VideoFrame, source: OpenedSource) throws(MediaError) {
        let bytes = frame.buffer.byteCount
        waiting += bytes
        let others = bytes * Self.heldByCodecs
        if !isChecked {
            isChecked = true
            let need = bytes * Self.frames(of: source) + others
            if need > limit { throw refusal(need, frame, source) }
        }
        // A source that has more frames than it says.
        if waiting + others > limit { throw refusal(waiting + others, frame, source) }
    }

    mutating func give(_ frame: VideoFrame) {
        waiting -= frame.buffer.byteCount
    }

    /// How many frames wait for their heat at once.
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
