import Synchronization

/// What a camera has done since it was started, over all its epochs, and how it does now.
public struct LiveStatistics: Sendable, Equatable {
    /// The number of the connection, from 1; 0 before the first.
    public var epoch = 0
    /// Whether the connection stands and pictures come.
    public var isConnected = false

    /// Pictures decoded.
    public var picturesIn: UInt64 = 0
    /// Pictures drawn and handed to the outputs.
    public var picturesDrawn: UInt64 = 0
    /// Pictures left out because they were too late to be live, or found no room; and those of the latter kind alone, for which
    /// drawing is too slow.
    public var picturesDropped: UInt64 = 0
    public var picturesCrowded: UInt64 = 0
    /// Pictures that were not even decoded, to catch up with the source.
    public var picturesSkipped: UInt64 = 0
    /// Pictures drawn without heat, because no window explained them in time.
    public var picturesUnexplained: UInt64 = 0
    /// Pictures with damage in them.
    public var picturesDamaged: UInt64 = 0
    /// Times that the source's time stamps jumped or a stretch was missing: each begins a new window.
    public var gaps: UInt64 = 0

    /// Windows explained.
    public var windows: UInt64 = 0
    /// Windows passed over because the engine was not free in time.
    public var windowsSkipped: UInt64 = 0
    /// Samples from one window to the next, now and as asked for; nil before the first window.
    public var stride: Int?
    public var usualStride: Int?
    /// Seconds that the engine took for the newest window, and that it was waited for.
    public var windowSeconds: Double?
    public var waitSeconds: Double?

    /// Pictures a second, as the source says; nil if it does not.
    public var frameRate: Double?
    /// Seconds from the moment the newest picture was due to the moment it was handed out.
    public var lag: Double?
    /// Seconds of lag beyond which pictures are left out: what a window takes, where pictures wait for theirs, and the bound.
    public var lagLimit: Double?
    /// When the newest picture came.
    public var lastPicture: ContinuousClock.Instant?
    /// The newest window's answer and its probability.
    public var label: String?
    public var probability: Double?
    /// What the zones have of the newest window's heat, in the order of the settings; empty before the first window.
    public var zones: [ZoneShare] = []

    /// Segments that got their names, and their bytes.
    public var segments: UInt64 = 0
    public var segmentBytes: UInt64 = 0
    /// Segments that could not be written.
    public var segmentsLost: UInt64 = 0
    /// Pictures that a re-published stream left out because its receiver was slow or away.
    public var picturesUnpublished: UInt64 = 0

    public init() {}

    /// Counts a picture that is left out.
    mutating func note(_ drop: PictureLine.Drop) {
        picturesDropped += 1
        if drop == .crowded { picturesCrowded += 1 }
    }
}

/// A camera's numbers, written by its threads and read by whoever shows them.
public final class LiveReport: Sendable {
    private let statistics = Mutex(LiveStatistics())

    public init() {}

    public var snapshot: LiveStatistics { statistics.withLock { $0 } }

    public func update(_ change: (inout LiveStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
