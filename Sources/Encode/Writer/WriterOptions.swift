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
