import Concurrency
import DaemonConfiguration
import Pipeline
import Synchronization

/// What is known of a camera's connections, for those who show it: written by the camera, read from anywhere.
package final class CameraRecord: Sendable {
    private struct State {
        var history = CameraHistory()
        var log = OutageLog()
        var epoch = 0
        var steps: UInt64 = 0
        /// When something last came of the connection there is.
        var lastProgress = 0.0
        var picturesIn: UInt64 = 0
        /// Whether it was said that nothing comes of the connection there is.
        var isIdleTold = false
    }

    private let settings: CameraSettings
    private let stopwatch: Stopwatch
    private let state = Mutex(State())

    package init(settings: CameraSettings, stopwatch: Stopwatch) {
        self.settings = settings
        self.stopwatch = stopwatch
    }

    /// Seconds without progress after which a connection hangs, though its own deadlines should have ended it long before.
    private var patience: Double { 60 + 2 * max(settings.openTimeout, settings.stall ?? 0) }

    // MARK: For those who look

    package func verdict(_ now: LiveStatistics) -> CameraHealth.Verdict {
        state.withLock { CameraHealth.verdict(now, $0.history, settings: settings, at: stopwatch.seconds) }
    }

    /// Connections that brought pictures again after one was lost.
    var reconnects: UInt64 { state.withLock { $0.history.reconnects } }
    /// Connections given up because pictures stayed away.
    var stalls: UInt64 { state.withLock { $0.history.stalls } }
    /// Why the last connection ended, as a clause without secrets; nil before the first end.
    var lastReason: String? { state.withLock { $0.history.lastReason } }
    /// Whether pictures come.
    var isUp: Bool { state.withLock { $0.history.awaySince == nil } }

    /// Grows while the camera gets on: pictures come, or it waits for them within its deadlines.
    package var steps: UInt64 { state.withLock { $0.steps } }

    // MARK: For the camera

    /// - Returns: the number of the connection that begins.
    package func begin(pictures: UInt64) -> Int {
        state.withLock { state in
            state.history.begin(at: stopwatch.seconds, pictures: pictures)
            state.lastProgress = stopwatch.seconds
            state.epoch += 1
            return state.epoch
        }
    }

    /// Takes the numbers as they are now.
    ///
    /// - Returns: what is to be logged.
    package func add(_ statistics: LiveStatistics) -> CameraLine? {
        state.withLock { state in
            let time = stopwatch.seconds
            if statistics.picturesIn != state.picturesIn || state.history.began == nil { state.lastProgress = time }
            state.picturesIn = statistics.picturesIn
            if time - state.lastProgress < patience { state.steps += 1 }
            let isFirst = !state.history.hasConnected
            guard let outage = state.history.add(statistics, at: time) else {
                return tell(&state, statistics, at: time)
            }
            if let line = state.log.returned(after: outage, epoch: state.epoch) { return .back(line) }
            return isFirst ? .back("pictures come") : nil
        }
    }

    /// Says when nothing comes of a connection, and when something does again.
    private func tell(_ state: inout State, _ statistics: LiveStatistics, at time: Double) -> CameraLine? {
        let idleness = CameraHealth.idleness(statistics, state.history, settings: settings, at: time)
        guard (idleness != nil) != state.isIdleTold else { return nil }
        state.isIdleTold = idleness != nil
        return idleness.map { .away("down: \($0)") } ?? .back("works again")
    }

    /// Notes the end of a connection.
    ///
    /// - Returns: seconds of pictures it has brought, and what is to be logged.
    package func end(_ end: EpochEnd) -> (lived: Double, line: CameraLine?) {
        state.withLock { state in
            let time = stopwatch.seconds
            state.isIdleTold = false
            state.history.end(end, at: time)
            return (state.history.lived, state.log.ended(state.history, at: time).map(CameraLine.away))
        }
    }
}

/// A line about a camera.
package enum CameraLine: Sendable, Equatable {
    case away(String)
    case back(String)
}

/// What is said of a camera that is away: a line at once, then one a minute at most, and one when it is back.
struct OutageLog: Sendable {
    /// Seconds.
    private static let interval = 60.0

    private var lastLine: Double?
    private var isTold = false

    /// - Returns: the line for a connection that has ended, if there is to be one.
    mutating func ended(_ history: CameraHistory, at time: Double) -> String? {
        if let lastLine, time - lastLine < Self.interval { return nil }
        let reason = history.lastReason ?? EpochEnd.senderEnded.reason
        defer {
            lastLine = time
            isTold = true
        }
        let away = time - (history.awaySince ?? time)
        guard isTold || away >= Self.interval else { return "away: \(reason)" }
        return
            "away for \(PlainDuration.text(away)), \(CameraWords.count(history.tries, "try", "tries")); last: \(reason)"
    }

    /// - Returns: the line for the first picture after an outage; nil if nobody was told of it.
    mutating func returned(after outage: (seconds: Double, tries: Int), epoch: Int) -> String? {
        guard isTold else { return nil }
        isTold = false
        return "back after \(PlainDuration.text(outage.seconds)), epoch \(epoch)"
    }
}
