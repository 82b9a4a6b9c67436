import Encode

/// Where a camera's frames and answers go, over all its connections. Everything is optional.
public struct LiveOutputs: Sendable {
    /// Files aligned to the clock.
    public var segments: SegmentSettings?
    /// By which segments are too old; without one, none ever is.
    public var removalClock: RemovalClock?
    /// Where the stream is sent on to.
    public var publisher: StreamPublisher?
    /// Clips around events.
    public var clips: LiveClips?
    /// Frames for viewers.
    public var preview: LivePreview?
    /// Called with each window, on the thread that explains: it has to return at once.
    public var onWindow: @Sendable (LiveWindow) -> Void
    /// Called where the record does not go on as it was; it has to return at once.
    public var onDiscontinuity: @Sendable (StreamDiscontinuity) -> Void
    /// Called with what was removed of the segments.
    public var onRemoval: @Sendable (SegmentRetention.Removal) -> Void
    /// Called with one sentence about what did not work and stopped nothing.
    public var onWarning: @Sendable (String) -> Void

    public init(
        segments: SegmentSettings? = nil, removalClock: RemovalClock? = nil, publisher: StreamPublisher? = nil,
        clips: LiveClips? = nil,
        preview: LivePreview? = nil, onWindow: @escaping @Sendable (LiveWindow) -> Void = { _ in },
        onDiscontinuity: @escaping @Sendable (StreamDiscontinuity) -> Void = { _ in },
        onRemoval: @escaping @Sendable (SegmentRetention.Removal) -> Void = { _ in },
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.segments = segments
        self.removalClock = removalClock
        self.publisher = publisher
        self.clips = clips
        self.preview = preview
        self.onWindow = onWindow
        self.onDiscontinuity = onDiscontinuity
        self.onRemoval = onRemoval
        self.onWarning = onWarning
    }

    /// Whether anything wants compressed frames.
    var needsEncoder: Bool { segments != nil || publisher != nil || clips != nil }
}

/// Where a live stream's record does not go on as it was: a connection begins or ends, or something is missing.
public struct StreamDiscontinuity: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// A connection stands and its first frame has come.
        case began
        /// Time stamps jumped, or a stretch is missing: a new window begins.
        case gap
        /// The connection is over.
        case ended
    }

    public var kind: Kind
    /// The number of the connection, from 1.
    public var connection: Int
    /// By the wall clock, in seconds since 1970.
    public var time: Double
    /// One clause: why the connection ended; nil where there is nothing to say.
    public var reason: String?

    public init(_ kind: Kind, connection: Int, time: Double, reason: String? = nil) {
        self.kind = kind
        self.connection = connection
        self.time = time
        self.reason = reason
    }
}

/// What the network said of one window of a live stream.
public struct LiveWindow: Sendable, Equatable, Codable {
    /// The number of the connection that all of the window's frames arrive from, from 1.
    public var connection: Int
    /// The window's number in its connection, from 0.
    public var index: Int
    /// When the window's first frame was taken and its last one ends, by the wall clock, in seconds since 1970.
    public var start: Double
    public var end: Double
    /// The same in seconds since the connection's first frame, by the source's own time stamps.
    public var sourceStart: Double
    public var sourceEnd: Double
    /// The class explained: its number, its label if the model has labels, and its probability, 0…1.
    public var classIndex: Int
    public var label: String?
    public var probability: Double
    /// Σ|g| over the whole window, without what is under masks, divided by its samples: the mean saliency mass of a frame,
    /// in the gradient's units.
    public var mass: Double
    /// In the order of the settings.
    public var zones: [ZoneShare]
    /// Samples since the window before it; nil for the first window of a connection or after a gap.
    public var stride: Int?
    /// Whether frames in it were damaged.
    public var isDamaged: Bool

    public init(
        connection: Int, index: Int, start: Double, end: Double, sourceStart: Double, sourceEnd: Double,
        classIndex: Int,
        label: String?, probability: Double, mass: Double, zones: [ZoneShare] = [], stride: Int?, isDamaged: Bool
    ) {
        self.connection = connection
        self.index = index
        self.start = start
        self.end = end
        self.sourceStart = sourceStart
        self.sourceEnd = sourceEnd
        self.classIndex = classIndex
        self.label = label
        self.probability = probability
        self.mass = mass
        self.zones = zones
        self.stride = stride
        self.isDamaged = isDamaged
    }
}
