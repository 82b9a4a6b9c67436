import Encode

/// Where a camera's pictures and answers go, over all its epochs. Everything is optional.
public struct LiveOutputs: Sendable {
    /// Files aligned to the clock.
    public var segments: SegmentSettings?
    /// By which segments are too old; without one, none ever is.
    public var removalClock: RemovalClock?
    /// Where the stream is sent on to.
    public var publisher: StreamPublisher?
    /// Clips around events.
    public var clips: LiveClips?
    /// Pictures for people who look.
    public var preview: LivePreview?
    /// Called with each window, on the thread that explains: it has to return at once.
    public var onWindow: @Sendable (LiveWindow) -> Void
    /// Called where the record does not go on as it was; it has to return at once.
    public var onBreak: @Sendable (LiveBreak) -> Void
    /// Called with what was removed of the segments.
    public var onRemoval: @Sendable (SegmentRetention.Removal) -> Void
    /// Called with one sentence about what did not work and stopped nothing.
    public var onWarning: @Sendable (String) -> Void

    public init(
        segments: SegmentSettings? = nil, removalClock: RemovalClock? = nil, publisher: StreamPublisher? = nil,
        clips: LiveClips? = nil,
        preview: LivePreview? = nil, onWindow: @escaping @Sendable (LiveWindow) -> Void = { _ in },
        onBreak: @escaping @Sendable (LiveBreak) -> Void = { _ in },
        onRemoval: @escaping @Sendable (SegmentRetention.Removal) -> Void = { _ in },
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.segments = segments
        self.removalClock = removalClock
        self.publisher = publisher
        self.clips = clips
        self.preview = preview
        self.onWindow = onWindow
        self.onBreak = onBreak
        self.onRemoval = onRemoval
        self.onWarning = onWarning
    }

    /// Whether anything wants compressed pictures.
    var needsEncoder: Bool { segments != nil || publisher != nil || clips != nil }
}
