import Synchronization

/// A camera's statistics since its start over all its connections, and its current state.
public struct LiveStatistics: Sendable, Equatable {
    /// The number of the connection, from 1; 0 before the first.
    public var connection = 0
    /// Whether the connection is established and frames arrive.
    public var isConnected = false

    /// Frames decoded.
    public var framesIn: UInt64 = 0
    /// Frames drawn and passed to the outputs.
    public var framesDrawn: UInt64 = 0
    /// Frames dropped because they were too late or the queue was full; and those dropped because the queue was full,
    /// which means that drawing is too slow.
    public var framesDropped: UInt64 = 0
    public var framesCrowded: UInt64 = 0
    /// Frames that were not decoded, to catch up with the source.
    public var framesSkipped: UInt64 = 0
    /// Frames drawn without heat, because no window explained them in time.
    public var framesUnexplained: UInt64 = 0
    /// Frames with damage in them.
    public var framesDamaged: UInt64 = 0
    /// Jumps of the source's time stamps and missing parts, each of which begins a new window.
    public var gaps: UInt64 = 0

    /// Windows explained.
    public var windows: UInt64 = 0
    /// Windows skipped because the engine was not free in time.
    public var windowsSkipped: UInt64 = 0
    /// Samples from one window to the next, currently and as requested; nil before the first window.
    public var stride: Int?
    public var usualStride: Int?
    /// Seconds of computation for the newest window, and of waiting for the engine.
    public var windowSeconds: Double?
    public var waitSeconds: Double?

    /// The frame rate that the source states; nil if it states none.
    public var frameRate: Double?
    /// Seconds from the due time of the newest frame to its output.
    public var lag: Double?
    /// The lag in seconds above which frames are dropped: the bound, and a window's duration if frames wait for their
    /// windows.
    public var lagLimit: Double?
    /// The arrival time of the newest frame.
    public var lastFrame: ContinuousClock.Instant?
    /// The newest window's answer and its probability.
    public var label: String?
    public var probability: Double?
    /// The zones' shares of the newest window's heat, in the settings' order; empty before the first window.
    public var zones: [ZoneShare] = []

    /// Completed segments, and their bytes.
    public var segments: UInt64 = 0
    public var segmentBytes: UInt64 = 0
    /// Segments that could not be written.
    public var segmentsLost: UInt64 = 0
    /// Frames that the published stream dropped because its receiver was slow or disconnected.
    public var framesUnpublished: UInt64 = 0

    public init() {}

    /// Counts a dropped frame.
    mutating func count(_ drop: FrameQueue.Drop) {
        framesDropped += 1
        if drop == .crowded { framesCrowded += 1 }
    }
}

extension LiveStatistics {
    /// A counter, with its external names.
    public struct Counter: Sendable {
        /// The key in the API, and in the lines of `live --progress json`.
        public let key: String
        /// The metric's name after `saliencyd_camera_`.
        public let metric: String
        public let help: String
        public let value: KeyPath<LiveStatistics, UInt64> & Sendable
    }

    /// The counters shown in the API, progress lines and metrics.
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

    /// Nil values and empty zones are omitted; so are the instant of the newest frame and the limit of the lag, which
    /// are meaningful only within this process.
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

/// A camera's statistics, written by its threads and readable by any thread.
public final class LiveReport: Sendable {
    private let statistics = Mutex(LiveStatistics())

    public init() {}

    public var snapshot: LiveStatistics { statistics.withLock { $0 } }

    public func update(_ change: (inout LiveStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
