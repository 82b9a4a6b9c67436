import Concurrency
import DaemonConfiguration
import Decode
import Logging
import Media
import Pipeline
import Synchronization

/// Runs one connection until it ends: returns when the sender ended it, throws when it failed. `stop.abort` ends it at once,
/// `finishSoon` gently.
package typealias ConnectionRunner = @Sendable (_ connection: Int, _ stop: StopRequest) async throws -> Void

/// One camera: connects, and connects again whenever a connection has ended, until it is stopped.
///
/// Nothing it keeps grows with the number of connections.
package final class Camera: Sendable {
    package let entry: CameraEntry
    private let connect: ConnectionRunner
    private let cameraTask: (any CameraTask)?
    private let log: Logger
    private let clock: any Clock<Duration>
    private let wakeSignal = WakeSignal()
    private let state: Mutex<State>
    private let over = Latch()

    private struct State {
        var isStopped = false
        var connection: Connection?
        var backoff: ReconnectBackoff
    }

    private struct Connection {
        let stop = StopRequest()
        /// Its own: the connection's end cancels a wait for it, after which a signal wakes nobody.
        let wakeSignal = WakeSignal()
    }

    /// Seconds of frames after which a connection was a good one: the next is tried soon.
    private static let goodLife = 60.0
    /// What a connection has for its last window and segment, once it is asked to end.
    private static let grace = Duration.seconds(15)

    /// - Parameter cameraTask: what runs beside its connections.
    package init(
        entry: CameraEntry, connect: @escaping ConnectionRunner, cameraTask: (any CameraTask)? = nil, log: Logger,
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

    /// Lets `run` return soon, with the last segment finished.
    package func stop() {
        let connection = state.withLock { state in
            state.isStopped = true
            return state.connection
        }
        connection?.stop.finishSoon()
        connection?.wakeSignal.notify()
        wakeSignal.notify()
    }

    /// As `stop`, but what waits for its heat is drawn without it.
    package func abort() {
        stop()
        state.withLock { $0.connection }?.stop.abort.cancel()
    }

    /// Returns when `run` has.
    package func ended() async {
        await over.wait()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } || Task.isCancelled }

    /// Until `stop`, or until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            if let cameraTask { group.addTask { await cameraTask.run() } }
            await reconnectLoop()
            cameraTask?.finish()
        }
        entry.preview.finish()
        over.open()
    }

    private func reconnectLoop() async {
        while !isStopped {
            let (lived, isDenied) = await runConnection()
            guard !isStopped else { break }
            let delay = state.withLock { state in
                if lived > Self.goodLife { state.backoff.reset() }
                return isDenied ? state.backoff.longestDelay() : state.backoff.delay()
            }
            await pause(delay)
        }
    }

    /// One connection.
    ///
    /// - Returns: seconds of frames it has brought, and whether the user or the password was refused.
    private func runConnection() async -> (lived: Double, isDenied: Bool) {
        let report = entry.report
        let number = entry.record.begin(frames: report.snapshot.framesIn)
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
        // The frames since the last sample count too.
        write(entry.record.add(report.snapshot))
        report.update { $0.isConnected = false }
        let (lived, line) = entry.record.end(end)
        if !self.isStopped { write(line) }
        return (lived, end.isDenied)
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

    /// Takes samples while a connection stands, and ends it at once where asking is not enough.
    private func supervise(_ connection: Connection) async {
        while !Task.isCancelled {
            await connection.wakeSignal.wait(atMost: .seconds(CameraHistory.interval), clock: clock)
            guard !Task.isCancelled else { return }
            write(entry.record.add(entry.report.snapshot))
            guard isStopped else { continue }
            connection.stop.finishSoon()
            // Without frames there is nothing to be finished.
            if entry.record.isUp, (try? await clock.sleep(for: Self.grace)) == nil { return }
            connection.stop.abort.cancel()
            return
        }
    }

    /// Waits in short steps, each of which shows that this camera's loop turns.
    private func pause(_ seconds: Double) async {
        var rest = seconds
        while rest > 0, !isStopped {
            let step = min(rest, CameraHistory.interval)
            await wakeSignal.wait(atMost: .seconds(step), clock: clock)
            rest -= step
            write(entry.record.add(entry.report.snapshot))
        }
    }

    private func write(_ line: CameraLogLine?) {
        switch line {
        case .away(let words): log.warning("\(settings.name): \(words)")
        case .back(let words): log.notice("\(settings.name): \(words)")
        case nil: break
        }
    }
}

/// What runs beside a camera's connections for as long as the camera lives.
package protocol CameraTask: Sendable {
    /// Returns some time after `finish`.
    func run() async
    /// The camera's last connection is over.
    func finish()
}

/// How one connection ended.
package struct LiveConnectionEnd: Sendable, Equatable {
    /// As a clause, without secrets.
    package var reason: String
    /// Whether it ended because no frame arrived in time.
    var isStall = false

    /// Whether the user or the password was refused.
    var isDenied = false

    static let senderEnded = LiveConnectionEnd(reason: "the sender ended the stream")

    package init(reason: String, isStall: Bool = false) {
        self.reason = reason
        self.isStall = isStall
    }

    /// - Parameter address: what the error may quote.
    package init(_ error: any Error, address: SecretAddress) {
        guard var error = error as? MediaError else {
            reason = address.hide(in: "\(error)")
            return
        }
        isStall = error.code == .stalled
        isDenied = error.code == .accessDenied
        // The camera's name stands before it.
        error.file = nil
        reason = address.hide(in: error.description)
    }
}
