import Concurrency
import DaemonConfiguration
import Pipeline
import Synchronization

/// What is known of a camera's connections, for those who show it: written by the camera, read from anywhere.
package final class ConnectionHistory: Sendable {
    private struct State {
        var history = CameraHistory()
        var log = OutageLog()
        var connection = 0
        var steps: UInt64 = 0
        /// When something last came of the connection there is.
        var lastProgress = 0.0
        var framesIn: UInt64 = 0
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
    private var timeout: Double { 60 + 2 * max(settings.openTimeout, settings.stall ?? 0) }

    // MARK: For readers

    package func verdict(_ now: LiveStatistics) -> CameraHealth.Verdict {
        state.withLock { CameraHealth.verdict(now, $0.history, settings: settings, at: stopwatch.seconds) }
    }

    /// Connections that brought frames again after one was lost.
    var reconnects: UInt64 { state.withLock { $0.history.reconnects } }
    /// Connections closed because no frame arrived in time.
    var stalls: UInt64 { state.withLock { $0.history.stalls } }
    /// Why the last connection ended, as a clause without secrets; nil before the first end.
    var lastReason: String? { state.withLock { $0.history.lastReason } }
    /// Whether frames arrive.
    var isUp: Bool { state.withLock { $0.history.awaySince == nil } }

    /// Grows while the camera makes progress: frames arrive, or it waits for them within its deadlines.
    package var steps: UInt64 { state.withLock { $0.steps } }

    // MARK: For the camera

    /// - Returns: the number of the connection that begins.
    package func begin(frames: UInt64) -> Int {
        state.withLock { state in
            state.history.begin(at: stopwatch.seconds, frames: frames)
            state.lastProgress = stopwatch.seconds
            state.connection += 1
            return state.connection
        }
    }

    /// Takes the numbers as they are now.
    ///
    /// - Returns: what is to be logged.
    package func add(_ statistics: LiveStatistics) -> CameraLogLine? {
        state.withLock { state in
            let time = stopwatch.seconds
            if statistics.framesIn != state.framesIn || state.history.began == nil { state.lastProgress = time }
            state.framesIn = statistics.framesIn
            if time - state.lastProgress < timeout { state.steps += 1 }
            let isFirst = !state.history.hasConnected
            guard let outage = state.history.add(statistics, at: time) else {
                return tell(&state, statistics, at: time)
            }
            if let line = state.log.returned(after: outage, connection: state.connection) { return .back(line) }
            return isFirst ? .back("frames arrive") : nil
        }
    }

    /// Reports when nothing comes of a connection, and when something does again.
    private func tell(_ state: inout State, _ statistics: LiveStatistics, at time: Double) -> CameraLogLine? {
        let idleness = CameraHealth.idleness(statistics, state.history, settings: settings, at: time)
        guard (idleness != nil) != state.isIdleTold else { return nil }
        state.isIdleTold = idleness != nil
        return idleness.map { .away("down: \($0)") } ?? .back("works again")
    }

    /// Notes the end of a connection.
    ///
    /// - Returns: seconds of frames it has brought, and what is to be logged.
    package func end(_ end: LiveConnectionEnd) -> (lived: Double, line: CameraLogLine?) {
        state.withLock { state in
            let time = stopwatch.seconds
            state.isIdleTold = false
            state.history.end(end, at: time)
            return (state.history.lived, state.log.ended(state.history, at: time).map(CameraLogLine.away))
        }
    }
}

/// A line about a camera.
package enum CameraLogLine: Sendable, Equatable {
    case away(String)
    case back(String)
}

/// What is said of a camera that is disconnected: a line at once, then one per minute at most, and one when it is back.
struct OutageLog: Sendable {
    /// Seconds.
    private static let interval = 60.0

    private var lastLine: Double?
    private var isTold = false

    /// - Returns: the line for a connection that has ended, if there is to be one.
    mutating func ended(_ history: CameraHistory, at time: Double) -> String? {
        if let lastLine, time - lastLine < Self.interval { return nil }
        let reason = history.lastReason ?? LiveConnectionEnd.senderEnded.reason
        defer {
            lastLine = time
            isTold = true
        }
        let away = time - (history.awaySince ?? time)
        guard isTold || away >= Self.interval else { return "disconnected: \(reason)" }
        return
            "disconnected for \(PlainDuration.text(away)), \(NumberText.count(history.tries, "try", "tries")); last: \(reason)"
    }

    /// - Returns: the line for the first frame after an outage; nil if nothing was logged of it.
    mutating func returned(after outage: (seconds: Double, tries: Int), connection: Int) -> String? {
        guard isTold else { return nil }
        isTold = false
        return "back after \(PlainDuration.text(outage.seconds)), connection \(connection)"
    }
}
