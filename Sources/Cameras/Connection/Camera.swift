import Concurrency
import DaemonConfiguration
import Decode
import Logging
import Media
import Pipeline
import Synchronization

/// Runs one connection until it ends. Returns when the sender has ended it, throws when it fails. `stop.abort` ends it
/// immediately, `finishSoon` gracefully.
package typealias ConnectionRunner = @Sendable (_ connection: Int, _ stop: StopRequest) async throws -> Void

/// One camera: connects, and connects again after each connection has ended, until it is stopped.
///
/// Its memory does not grow with the number of connections.
package final class Camera: Sendable {
    package let entry: CameraHandle
    private let connect: ConnectionRunner
    private let cameraTask: (any CameraTask)?
    private let log: Logger
    private let clock: any Clock<Duration>
    private let wakeSignal = WakeSignal()
    private let state: Mutex<State>
    private let endLatch = Latch()

    private struct State {
        var isStopped = false
        var connection: Connection?
        var backoff: ReconnectBackoff
    }

    private struct Connection {
        let stop = StopRequest()
        /// One per connection: when the connection ends, the wait is cancelled, and a `WakeSignal` whose wait was
        /// cancelled wakes nobody.
        let wakeSignal = WakeSignal()
    }

    /// After this many seconds of frames a connection counts as stable, and the back-off starts from the beginning.
    private static let stableConnectionSeconds = 60.0
    /// The time for a connection's last window and segment after it was asked to end.
    private static let grace = Duration.seconds(15)

    /// - Parameter cameraTask: runs in parallel with the connections.
    package init(
        entry: CameraHandle, connect: @escaping ConnectionRunner, cameraTask: (any CameraTask)? = nil, log: Logger,
        clock: any Clock<Duration>, backoff: ReconnectBackoff = ReconnectBackoff()
    ) {
        self.entry = entry
        self.connect = connect
        self.cameraTask = cameraTask
        self.log = log
        self.clock = clock
        state = Mutex(State(backoff: backoff))
    }

    package var settings: CameraSettings { entry.settings }

    /// Makes `run` return soon, with the last segment finished.
    package func stop() {
        let connection = state.withLock { state in
            state.isStopped = true
            return state.connection
        }
        connection?.stop.finishSoon()
        connection?.wakeSignal.notify()
        wakeSignal.notify()
    }

    /// Like `stop`, but frames that wait for their heat are drawn without it.
    package func abort() {
        stop()
        state.withLock { $0.connection }?.stop.abort.cancel()
    }

    /// Returns when `run` has returned.
    package func ended() async {
        await endLatch.wait()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } || Task.isCancelled }

    /// Runs until `stop`, or until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            if let cameraTask { group.addTask { await cameraTask.run() } }
            await reconnectLoop()
            cameraTask?.finish()
        }
        entry.preview.finish()
        endLatch.open()
    }

    private func reconnectLoop() async {
        while !isStopped {
            let (streamedSeconds, isDenied) = await runConnection()
            guard !isStopped else { break }
            let delay = state.withLock { state in
                if streamedSeconds > Self.stableConnectionSeconds { state.backoff.reset() }
                return isDenied ? state.backoff.longestDelay() : state.backoff.delay()
            }
            await pause(delay)
        }
    }

    /// Runs one connection.
    ///
    /// - Returns: how many seconds of frames it delivered, and whether the credentials were rejected.
    private func runConnection() async -> (streamedSeconds: Double, isDenied: Bool) {
        let report = entry.report
        let number = entry.connections.begin(frames: report.snapshot.framesIn)
        report.update { $0.connection = number }
        let connection = Connection()
        let isStopped = state.withLock { state in
            state.connection = connection
            return state.isStopped
        }
        if isStopped { connection.wakeSignal.notify() }
        let end = await withDiscardingTaskGroup { group in
            group.addTask { await self.supervise(connection) }
            let end = await self.end(of: number, connection.stop)
            group.cancelAll()
            return end
        }
        state.withLock { $0.connection = nil }
        // Includes the frames since the last sample.
        write(entry.connections.add(report.snapshot))
        report.update { $0.isConnected = false }
        let (streamedSeconds, message) = entry.connections.end(end)
        if !self.isStopped { write(message) }
        return (streamedSeconds, end.isDenied)
    }

    private func end(of connection: Int, _ stop: StopRequest) async -> LiveConnectionEnd {
        do {
            try await withTaskCancellationHandler {
                try await connect(connection, stop)
            } onCancel: {
                stop.abort.cancel()
            }
            return .senderEnded
        } catch {
            return LiveConnectionEnd(error, address: settings.url)
        }
    }

    /// Records samples during a connection, and aborts it if it does not end within the grace period.
    private func supervise(_ connection: Connection) async {
        while !Task.isCancelled {
            await connection.wakeSignal.wait(atMost: .seconds(ConnectionHistory.interval), clock: clock)
            guard !Task.isCancelled else { return }
            write(entry.connections.add(entry.report.snapshot))
            guard isStopped else { continue }
            connection.stop.finishSoon()
            // Without frames there is nothing to finish.
            if entry.connections.isUp, (try? await clock.sleep(for: Self.grace)) == nil { return }
            connection.stop.abort.cancel()
            return
        }
    }

    /// Waits in short steps and records a sample after each, so that the watchdog sees progress.
    private func pause(_ seconds: Double) async {
        var remaining = seconds
        while remaining > 0, !isStopped {
            let step = min(remaining, ConnectionHistory.interval)
            await wakeSignal.wait(atMost: .seconds(step), clock: clock)
            remaining -= step
            write(entry.connections.add(entry.report.snapshot))
        }
    }

    private func write(_ message: AvailabilityMessage?) {
        switch message {
        case .unavailable(let text): log.warning("\(settings.name): \(text)")
        case .available(let text): log.notice("\(settings.name): \(text)")
        case nil: break
        }
    }
}

/// Runs in parallel with a camera's connections, for the camera's whole lifetime.
package protocol CameraTask: Sendable {
    /// Returns some time after `finish`.
    func run() async
    /// Called after the camera's last connection.
    func finish()
}

/// How a connection ended.
package struct LiveConnectionEnd: Sendable, Equatable {
    /// A clause without secrets.
    package var reason: String
    /// Whether it ended because no frame arrived in time.
    var isStall = false

    /// Whether the user or the password was rejected.
    var isDenied = false

    static let senderEnded = LiveConnectionEnd(reason: "the sender ended the stream")

    package init(reason: String, isStall: Bool = false) {
        self.reason = reason
        self.isStall = isStall
    }

    /// - Parameter address: removed from the error's text.
    package init(_ error: any Error, address: SecretAddress) {
        guard var error = error as? MediaError else {
            reason = address.hide(in: "\(error)")
            return
        }
        isStall = error.code == .stalled
        isDenied = error.code == .accessDenied
        // The caller puts the camera's name before it.
        error.file = nil
        reason = address.hide(in: error.description)
    }
}
