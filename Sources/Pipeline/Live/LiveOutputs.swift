import Encode

/// The outputs of a camera's frames and answers, over all its connections. All are optional.
public struct LiveOutputs: Sendable {
    /// Files aligned to the clock.
    public var segments: SegmentSettings?
    /// The clock for the age of segments; without it no segment is too old.
    public var removalClock: RemovalClock?
    /// Publishes the stream.
    public var publisher: StreamPublisher?
    /// Clips around events.
    public var clips: LiveClips?
    /// Frames for viewers.
    public var preview: LivePreview?
    /// Called with each window on the explaining thread; it must return immediately.
    public var onWindow: @Sendable (LiveWindow) -> Void
    /// Called at each discontinuity; it must return immediately.
    public var onDiscontinuity: @Sendable (StreamDiscontinuity) -> Void
    /// Called with the removed segments.
    public var onRemoval: @Sendable (SegmentRetention.Removal) -> Void
    /// Called with one sentence about a problem that does not stop the stream.
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

    /// Whether any output needs encoded frames.
    var needsEncoder: Bool { segments != nil || publisher != nil || clips != nil }
}

/// A discontinuity of a live stream: a connection begins or ends, or there is a gap.
public struct StreamDiscontinuity: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// A connection is established and its first frame has arrived.
        case began
        /// Time stamps jumped or frames are missing; a new window begins.
        case gap
        /// The connection ended.
        case ended
    }

    public var kind: Kind
    /// The number of the connection, from 1.
    public var connection: Int
    /// The wall-clock time in seconds since 1970.
    public var time: Double
    /// A clause that states why the connection ended; nil without a reason.
    public var reason: String?

    public init(_ kind: Kind, connection: Int, time: Double, reason: String? = nil) {
        self.kind = kind
        self.connection = connection
        self.time = time
        self.reason = reason
    }
}

/// The network's answer for one window of a live stream.
public struct LiveWindow: Sendable, Equatable, Codable {
    /// The number of the connection of all the window's frames, from 1.
    public var connection: Int
    /// The window's number in its connection, from 0.
    public var index: Int
    /// The capture time of the window's first frame and the end of its last, in seconds since 1970.
    public var start: Double
    public var end: Double
    /// The same times in seconds since the connection's first frame, by the source's time stamps.
    public var sourceStart: Double
    public var sourceEnd: Double
    /// The class explained: its number, its label if the model has labels, and its probability, 0…1.
    public var classIndex: Int
    public var label: String?
    public var probability: Double
    /// Σ|g| over the whole window without masked parts, divided by the number of samples: the mean saliency mass of a
    /// frame, in the gradient's units.
    public var mass: Double
    /// In the settings' order.
    public var zones: [ZoneShare]
    /// Samples since the previous window; nil for the first window of a connection or after a gap.
    public var stride: Int?
    /// Whether it contains damaged frames.
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
