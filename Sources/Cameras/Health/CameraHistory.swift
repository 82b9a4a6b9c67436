import Pipeline

/// What has become of a camera's connections: rates over the last minute, and what went wrong in the last hour.
///
/// Of bounded size, whatever happens. Times are seconds since the camera was started.
package struct CameraHistory: Sendable {
    struct Sample: Sendable {
        var time: Double
        var statistics: LiveStatistics
    }

    /// Seconds between two samples.
    package static let interval = 2.0
    /// Seconds over which rates are taken.
    package static let window = 60.0
    private static let maximumSamples = Int(window / interval) + 2
    private static let hour = 3600.0
    /// No camera comes back, or stalls, more often in an hour: it waits in between.
    private static let maximumInstants = 512

    /// Of this connection, oldest first.
    private(set) var samples: [Sample] = []
    private var reconnectTimes: [Double] = []
    private var stallTimes: [Double] = []
    /// Connections that brought frames again after one was lost.
    private(set) var reconnects: UInt64 = 0
    private(set) var stalls: UInt64 = 0

    /// Since when no frames arrive; nil while they do.
    private(set) var awaySince: Double? = 0
    /// Connections tried since then.
    private(set) var tries = 0
    /// Why the last connection ended; nil before the first end.
    private(set) var lastReason: String?
    private(set) var hasConnected = false

    /// When the connection there is was begun; nil between two.
    package private(set) var began: Double?
    /// When its first and its newest frame had come.
    private(set) var firstFrame: Double?
    package private(set) var lastFrame: Double?
    /// When something last came of its frames: one was drawn, a segment was closed; nil before the first.
    private(set) var lastDrawn: Double?
    private(set) var lastSegment: Double?
    private var before = LiveStatistics()
    private var framesBefore: UInt64 = 0

    /// Seconds of frames that the last connection brought.
    var lived: Double {
        guard let firstFrame, let lastFrame else { return 0 }
        return lastFrame - firstFrame
    }

    package mutating func begin(at time: Double, frames: UInt64) {
        began = time
        (firstFrame, lastFrame) = (nil, nil)
        (lastDrawn, lastSegment) = (nil, nil)
        framesBefore = frames
        tries += 1
        samples = []
    }

    /// - Returns: for how long and how many tries the camera was disconnected, when it is back with this sample.
    package mutating func add(_ statistics: LiveStatistics, at time: Double) -> (seconds: Double, tries: Int)? {
        guard began != nil else { return nil }
        let last = samples.last?.statistics.framesIn ?? framesBefore
        if statistics.framesDrawn > before.framesDrawn { lastDrawn = time }
        if statistics.segments > before.segments { lastSegment = time }
        before = statistics
        samples.append(Sample(time: time, statistics: statistics))
        if samples.count > Self.maximumSamples { samples.removeFirst() }
        guard statistics.framesIn > last else { return nil }
        lastFrame = time
        guard firstFrame == nil else { return nil }
        firstFrame = time
        let outage = (time - (awaySince ?? time), tries)
        if hasConnected {
            reconnects += 1
            Self.note(time, in: &reconnectTimes)
        }
        hasConnected = true
        awaySince = nil
        return outage
    }

    package mutating func end(_ end: LiveConnectionEnd, at time: Double) {
        if end.isStall {
            stalls += 1
            Self.note(time, in: &stallTimes)
        }
        if awaySince == nil {
            awaySince = time
            tries = 0
        }
        began = nil
        samples = []
        lastReason = end.reason
    }

    func reconnectsInLastHour(at time: Double) -> Int { reconnectTimes.count { time - $0 < Self.hour } }
    func stallsInLastHour(at time: Double) -> Int { stallTimes.count { time - $0 < Self.hour } }

    /// The oldest sample of this connection that is no more than the window old.
    func oldestSample(at time: Double) -> Sample? {
        samples.first { time - $0.time <= Self.window }
    }

    private static func note(_ time: Double, in times: inout [Double]) {
        times.removeAll { time - $0 >= hour }
        if times.count == maximumInstants { times.removeFirst() }
        times.append(time)
    }
}
