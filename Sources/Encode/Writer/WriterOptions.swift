/// What a video is written with.
public struct WriterOptions: Sendable, Hashable {
    /// Whether an existing output is replaced when the new one is complete.
    public var replacesExisting: Bool
    /// Whether there is a track for `VideoWriter.writeLabel`.
    public var hasLabels: Bool
    public var video: VideoSettings

    public init(
        replacesExisting: Bool = false, hasLabels: Bool = false, video: VideoSettings = VideoSettings()
    ) {
        self.replacesExisting = replacesExisting
        self.hasLabels = hasLabels
        self.video = video
    }
}
