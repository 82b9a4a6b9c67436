/// What a video is written with.
public struct WriterOptions: Sendable, Hashable {
    /// Whether an existing output is replaced when the new one is complete.
    public var replacesExisting: Bool
    /// Whether there is a track for `VideoWriter.writeLabel`.
    public var hasLabels: Bool
    public var video: VideoSettings
    public var audio: AudioPolicy
    /// Whether the video is marked as annotated: drop folders pass over what is.
    public var isMarked: Bool
    /// Follows `VideoWriter.mark` in the container's metadata: what the video was made of and how.
    public var origin: String?

    public init(
        replacesExisting: Bool = false, hasLabels: Bool = false, video: VideoSettings = VideoSettings(),
        audio: AudioPolicy = .compatible, isMarked: Bool = true, origin: String? = nil
    ) {
        self.replacesExisting = replacesExisting
        self.hasLabels = hasLabels
        self.video = video
        self.audio = audio
        self.isMarked = isMarked
        self.origin = origin
    }
}

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

/// x264's trade between speed and size.
public enum VideoPreset: String, Sendable, Hashable, CaseIterable {
    case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
}

/// What happens to a source's sound.
public enum AudioPolicy: String, Sendable, Hashable, CaseIterable {
    /// Copied where the container holds it, else transcoded.
    case copy
    /// Copied where the container holds it and players decode it there, else transcoded.
    case compatible
    /// Left out.
    case omitted = "none"
}
