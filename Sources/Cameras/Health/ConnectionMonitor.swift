import Concurrency
import DaemonConfiguration
import Pipeline
import Synchronization

/// Evaluates a camera's connections for health, log and watchdog: updated by the camera, readable from any thread.
package final class ConnectionMonitor: Sendable {
    private struct State {
        var history = ConnectionHistory()
        var outages = OutageMessages()
        var connection = 0
        var steps: UInt64 = 0
        /// When the camera last made progress.
        var lastProgress = 0.0
        var framesIn: UInt64 = 0
        /// Whether the log says that the current connection is useless.
        var isIdleReported = false
    }

    private let settings: CameraSettings
    private let stopwatch: Stopwatch
    private let state = Mutex(State())

    package init(settings: CameraSettings, stopwatch: Stopwatch) {
        self.settings = settings
        self.stopwatch = stopwatch
    }

    /// Seconds without progress after which a connection counts as hung: its own deadlines should have ended it long
    /// before.
    private var timeout: Double { 60 + 2 * max(settings.openTimeout, settings.stall ?? 0) }

    // MARK: For observers

    package func verdict(_ now: LiveStatistics) -> CameraHealth.Verdict {
        state.withLock { CameraHealth.verdict(now, $0.history, settings: settings, at: stopwatch.seconds) }
    }

    /// Connections that delivered frames after an outage.
    var reconnects: UInt64 { state.withLock { $0.history.reconnects } }
    /// Connections closed because no frame arrived in time.
    var stalls: UInt64 { state.withLock { $0.history.stalls } }
    /// Why the last connection ended, as a clause without secrets; nil before the first end.
    var lastReason: String? { state.withLock { $0.history.lastReason } }
    /// Whether frames arrive.
    var isUp: Bool { state.withLock { $0.history.disconnectedSince == nil } }

    /// Grows while the camera makes progress: frames arrive, or it waits for them within its deadlines.
    package var steps: UInt64 { state.withLock { $0.steps } }

    // MARK: For the camera

    /// - Returns: the number of the new connection.
    package func begin(frames: UInt64) -> Int {
        state.withLock { state in
            state.history.begin(at: stopwatch.seconds, frames: frames)
            state.lastProgress = stopwatch.seconds
            state.connection += 1
            return state.connection
        }
    }

    /// Records the current numbers.
    ///
    /// - Returns: the message to log, if any.
    package func add(_ statistics: LiveStatistics) -> AvailabilityMessage? {
        state.withLock { state in
            let time = stopwatch.seconds
            if statistics.framesIn != state.framesIn || state.history.connectionStart == nil {
                state.lastProgress = time
            }
            state.framesIn = statistics.framesIn
            if time - state.lastProgress < timeout { state.steps += 1 }
            let isFirst = !state.history.hasConnected
            guard let outage = state.history.add(statistics, at: time) else {
                return idlenessMessage(&state, statistics, at: time)
            }
            if let text = state.outages.returned(after: outage, connection: state.connection) {
                return .available(text)
            }
            return isFirst ? .available("frames arrive") : nil
        }
    }

    /// Reports when a connection becomes useless, and when it becomes useful again.
    private func idlenessMessage(_ state: inout State, _ statistics: LiveStatistics, at time: Double)
        -> AvailabilityMessage?
    {
        let idleness = CameraHealth.idleness(statistics, state.history, settings: settings, at: time)
        guard (idleness != nil) != state.isIdleReported else { return nil }
        state.isIdleReported = idleness != nil
        return idleness.map { .unavailable("down: \($0)") } ?? .available("works again")
    }

    /// Records the end of a connection.
    ///
    /// - Returns: the seconds of frames that it delivered, and the message to log, if any.
    package func end(_ end: LiveConnectionEnd) -> (streamedSeconds: Double, message: AvailabilityMessage?) {
        state.withLock { state in
            let time = stopwatch.seconds
            state.isIdleReported = false
            state.history.end(end, at: time)
            return (
                state.history.streamedSeconds,
                state.outages.ended(state.history, at: time).map(AvailabilityMessage.unavailable)
            )
        }
    }
}

/// A log message about a camera's availability.
package enum AvailabilityMessage: Sendable, Equatable {
    case unavailable(String)
    case available(String)
}

/// Messages about outages: one at the start, then at most one per minute, and one when the camera is back.
struct OutageMessages: Sendable {
    /// Minimum seconds between two messages.
    private static let interval = 60.0

    private var lastMessage: Double?
    private var isReported = false

    /// - Returns: the message after a connection has ended, if one is due.
    mutating func ended(_ history: ConnectionHistory, at time: Double) -> String? {
        if let lastMessage, time - lastMessage < Self.interval { return nil }
        let reason = history.lastReason ?? LiveConnectionEnd.senderEnded.reason
        defer {
            lastMessage = time
            isReported = true
        }
        let outage = time - (history.disconnectedSince ?? time)
        guard isReported || outage >= Self.interval else { return "disconnected: \(reason)" }
        return
            "disconnected for \(PlainDuration.text(outage)), \(NumberText.count(history.tries, "try", "tries")); last: \(reason)"
    }

    /// - Returns: the message for the first frame after an outage; nil if the outage was not logged.
    mutating func returned(after outage: (seconds: Double, tries: Int), connection: Int) -> String? {
        guard isReported else { return nil }
        isReported = false
        return "back after \(PlainDuration.text(outage.seconds)), connection \(connection)"
    }
}
