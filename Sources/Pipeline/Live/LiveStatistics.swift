import Synchronization

/// What a camera has done since it was started, over all its connections, and how it does now.
public struct LiveStatistics: Sendable, Equatable {
    /// The number of the connection, from 1; 0 before the first.
    public var connection = 0
    /// Whether the connection stands and frames arrive.
    public var isConnected = false

    /// Frames decoded.
    public var framesIn: UInt64 = 0
    /// Frames drawn and handed to the outputs.
    public var framesDrawn: UInt64 = 0
    /// Frames left out because they were too late to be live, or found no room; and those of the latter kind alone, for
    /// which drawing is too slow.
    public var framesDropped: UInt64 = 0
    public var framesCrowded: UInt64 = 0
    /// Frames that were not even decoded, to catch up with the source.
    public var framesSkipped: UInt64 = 0
    /// Frames drawn without heat, because no window explained them in time.
    public var framesUnexplained: UInt64 = 0
    /// Frames with damage in them.
    public var framesDamaged: UInt64 = 0
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

    /// Frames a second, as the source says; nil if it does not.
    public var frameRate: Double?
    /// Seconds from the moment the newest frame was due to the moment it was handed out.
    public var lag: Double?
    /// Seconds of lag beyond which frames are left out: what a window takes, where frames wait for theirs, and the bound.
    public var lagLimit: Double?
    /// When the newest frame arrived.
    public var lastFrame: ContinuousClock.Instant?
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
    /// Frames that a re-published stream left out because its receiver was slow or disconnected.
    public var framesUnpublished: UInt64 = 0

    public init() {}

    /// Counts a frame that is left out.
    mutating func note(_ drop: FrameQueue.Drop) {
        framesDropped += 1
        if drop == .crowded { framesCrowded += 1 }
    }
}

extension LiveStatistics {
    /// A number that only grows, with its names outside this program.
    public struct Counter: Sendable {
        /// In the API, and in the lines of `live --progress json`.
        public let key: String
        /// After `saliencyd_camera_`.
        public let metric: String
        public let help: String
        public let value: KeyPath<LiveStatistics, UInt64> & Sendable
    }

    /// The API, progress lines and metrics show these and no others.
    public static let counters = [
        Counter(key: "frames_in", metric: "frames_in", help: "Frames decoded.", value: \.framesIn),
        Counter(
            key: "frames_drawn", metric: "frames_drawn", help: "Frames drawn and handed to the outputs.",
            value: \.framesDrawn),
        Counter(
            key: "frames_dropped", metric: "frames_dropped",
            help: "Frames left out because they were too late to be live or found no room.", value: \.framesDropped),
        Counter(
            key: "frames_crowded", metric: "frames_crowded",
            help: "Frames left out because drawing was too slow: those dropped that found no room.",
            value: \.framesCrowded),
        Counter(
            key: "frames_skipped", metric: "frames_skipped",
            help: "Frames not decoded, to catch up with the source.", value: \.framesSkipped),
        Counter(
            key: "frames_unexplained", metric: "frames_unexplained",
            help: "Frames drawn without heat, since no window explained them in time.", value: \.framesUnexplained),
        Counter(
            key: "frames_damaged", metric: "frames_damaged", help: "Frames with damage in them.",
            value: \.framesDamaged),
        Counter(
            key: "frames_unpublished", metric: "frames_unpublished",
            help: "Frames that the published stream left out, its receiver being slow or disconnected.",
            value: \.framesUnpublished),
        Counter(key: "windows", metric: "windows", help: "Windows that went through the network.", value: \.windows),
        Counter(
            key: "windows_skipped", metric: "windows_skipped",
            help: "Windows passed over because the engine was not free in time.", value: \.windowsSkipped),
        Counter(
            key: "gaps", metric: "gaps", help: "Jumps of the source's time stamps and stretches that were missing.",
            value: \.gaps),
        Counter(key: "segments", metric: "segments", help: "Segments recorded.", value: \.segments),
        Counter(
            key: "segment_bytes", metric: "segment_bytes", help: "Bytes of the segments recorded.",
            value: \.segmentBytes),
        Counter(
            key: "segments_lost", metric: "segments_lost", help: "Segments that could not be written.",
            value: \.segmentsLost),
    ]
}

extension LiveStatistics: Encodable {
    private enum CodingKeys: String, CodingKey {
        case connected, connection, stride, usualStride, windowSeconds, waitSeconds, frameRate, lag, label, probability,
            zones
    }

    private struct CounterKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) { nil }
    }

    /// What is nil, and zones where there are none, is left out; so are the instant of the newest frame and the limit of the
    /// lag, which mean something beside others of this process only.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(isConnected, forKey: .connected)
        try fields.encode(connection, forKey: .connection)
        try fields.encodeIfPresent(stride, forKey: .stride)
        try fields.encodeIfPresent(usualStride, forKey: .usualStride)
        try fields.encodeIfPresent(windowSeconds, forKey: .windowSeconds)
        try fields.encodeIfPresent(waitSeconds, forKey: .waitSeconds)
        try fields.encodeIfPresent(frameRate, forKey: .frameRate)
        try fields.encodeIfPresent(lag, forKey: .lag)
        try fields.encodeIfPresent(label, forKey: .label)
        try fields.encodeIfPresent(probability, forKey: .probability)
        try fields.encodeIfPresent(zones.answers, forKey: .zones)
        var counts = encoder.container(keyedBy: CounterKey.self)
        for counter in Self.counters {
            try counts.encode(self[keyPath: counter.value], forKey: CounterKey(stringValue: counter.key))
        }
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
