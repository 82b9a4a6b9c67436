import Pipeline

/// The history of a camera's connections: rates over the last minute, and outages of the last hour.
///
/// Its size is bounded. Times are seconds since the camera was started.
package struct ConnectionHistory: Sendable {
    struct Sample: Sendable {
        var time: Double
        var statistics: LiveStatistics
    }

    /// Seconds between two samples.
    package static let interval = 2.0
    /// Seconds over which rates are measured.
    package static let window = 60.0
    private static let maximumSamples = Int(window / interval) + 2
    private static let hour = 3600.0
    /// A camera cannot reconnect or stall more often in an hour, because it waits between connections.
    private static let maximumTimes = 512

    /// The samples of the current connection, oldest first.
    private(set) var samples: [Sample] = []
    private var reconnectTimes: [Double] = []
    private var stallTimes: [Double] = []
    /// Connections that delivered frames after an outage.
    private(set) var reconnects: UInt64 = 0
    private(set) var stalls: UInt64 = 0

    /// When frames stopped arriving; nil while they arrive.
    private(set) var disconnectedSince: Double? = 0
    /// Connection attempts since then.
    private(set) var tries = 0
    /// Why the last connection ended; nil before the first end.
    private(set) var lastReason: String?
    private(set) var hasConnected = false

    /// When the current connection began; nil between connections.
    package private(set) var connectionStart: Double?
    /// When the connection's first and its newest frame had arrived.
    private(set) var firstFrame: Double?
    package private(set) var lastFrame: Double?
    /// When a frame was last drawn and a segment last completed; nil before the first.
    private(set) var lastDrawn: Double?
    private(set) var lastSegment: Double?
    private var lastStatistics = LiveStatistics()
    private var framesAtStart: UInt64 = 0

    /// Seconds of frames that the last connection delivered.
    var streamedSeconds: Double {
        guard let firstFrame, let lastFrame else { return 0 }
        return lastFrame - firstFrame
    }

    package mutating func begin(at time: Double, frames: UInt64) {
        connectionStart = time
        (firstFrame, lastFrame) = (nil, nil)
        (lastDrawn, lastSegment) = (nil, nil)
        framesAtStart = frames
        tries += 1
        samples = []
    }

    /// - Returns: the duration of the outage and the number of tries, if this sample ends an outage.
    package mutating func add(_ statistics: LiveStatistics, at time: Double) -> (seconds: Double, tries: Int)? {
        guard connectionStart != nil else { return nil }
        let last = samples.last?.statistics.framesIn ?? framesAtStart
        if statistics.framesDrawn > lastStatistics.framesDrawn { lastDrawn = time }
        if statistics.segments > lastStatistics.segments { lastSegment = time }
        lastStatistics = statistics
        samples.append(Sample(time: time, statistics: statistics))
        if samples.count > Self.maximumSamples { samples.removeFirst() }
        guard statistics.framesIn > last else { return nil }
        lastFrame = time
        guard firstFrame == nil else { return nil }
        firstFrame = time
        let outage = (time - (disconnectedSince ?? time), tries)
        if hasConnected {
            reconnects += 1
            Self.append(time, in: &reconnectTimes)
        }
        hasConnected = true
        disconnectedSince = nil
        return outage
    }

    package mutating func end(_ end: LiveConnectionEnd, at time: Double) {
        if end.isStall {
            stalls += 1
            Self.append(time, in: &stallTimes)
        }
        if disconnectedSince == nil {
            disconnectedSince = time
            tries = 0
        }
        connectionStart = nil
        samples = []
        lastReason = end.reason
    }

    func reconnectsInLastHour(at time: Double) -> Int { reconnectTimes.count { time - $0 < Self.hour } }
    func stallsInLastHour(at time: Double) -> Int { stallTimes.count { time - $0 < Self.hour } }

    /// The oldest sample of this connection within the last `window` seconds.
    func oldestSample(at time: Double) -> Sample? {
        samples.first { time - $0.time <= Self.window }
    }

    private static func append(_ time: Double, in times: inout [Double]) {
        times.removeAll { time - $0 >= hour }
        if times.count == maximumTimes { times.removeFirst() }
        times.append(time)
    }
}
