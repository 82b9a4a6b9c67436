/// How a video is compressed and stored.
public struct VideoSettings: Sendable, Hashable {
    /// Constant quality: 0 (lossless) to 51 for H.264, to 63 for VP9; nil for the encoder's usual good one (18 and 28).
    public var crf: Int?
    /// H.264 only.
    public var preset: VideoPreset
    /// The encoder's threads. A constant rather than the machine's core count: the bytes depend on it.
    public var threads: Int

    /// Whether MP4 and MOV files are written in fragments, playable up to the last whole one while they grow, rather than with
    /// one index in front. Other containers ignore it.
    public var isFragmented: Bool

    public init(crf: Int? = nil, preset: VideoPreset = .veryfast, threads: Int = 2, isFragmented: Bool = false) {
        self.crf = crf
        self.preset = preset
        self.threads = threads
        self.isFragmented = isFragmented
    }
}
