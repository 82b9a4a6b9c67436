/// How pictures are compressed.
public struct VideoSettings: Sendable, Hashable {
    /// Constant quality: 0 (lossless) to 51 for H.264, to 63 for VP9; nil for the encoder's usual good one (18 and 28).
    public var crf: Int?
    /// H.264 only.
    public var preset: VideoPreset
    /// The encoder's threads. A constant rather than the machine's core count: the bytes depend on it.
    public var threads: Int

    public init(crf: Int? = nil, preset: VideoPreset = .veryfast, threads: Int = 2) {
        self.crf = crf
        self.preset = preset
        self.threads = threads
    }
}
