import Concurrency
import Jobs
import Pipeline
import ServiceLifecycle

/// Looks at cameras and jobs every few seconds, and publishes what has changed.
struct MQTTStates: Sendable {
    let board: MQTTBoard
    let cameras: CameraRegistry
    let desk: LedgerDesk
    let wakeSignal: WakeSignal
    let clock: any Clock<Duration>

    /// From one look to the next.
    private static let interval = Duration.seconds(5)

    /// What was seen of a camera at the last look.
    private struct Seen {
        var report: LiveReport
        var pictures: UInt64
        /// Seconds.
        var time: Double
    }

    /// Until the task is cancelled or the daemon stops.
    func run() async {
        let stopwatch = Stopwatch(clock)
        var seen: [String: Seen] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await look(&seen, at: stopwatch.seconds)
            await wakeSignal.wait(atMost: Self.interval, clock: clock)
        }
    }

    private func look(_ seen: inout [String: Seen], at time: Double) async {
        let entries = cameras.all
        board.replace(
            entries.map { MQTTBoard.Camera(name: $0.settings.name, hasEvents: $0.settings.events.hasCondition) })
        var now: [String: Seen] = [:]
        for entry in entries {
            let view = CameraView(entry)
            let last = seen[view.name].flatMap { $0.report === entry.report ? $0 : nil }
            let current = Seen(report: entry.report, pictures: view.statistics.picturesIn, time: time)
            let fps = last.flatMap { last -> Double? in
                guard time > last.time, current.pictures >= last.pictures else { return nil }
                return Double(current.pictures - last.pictures) / (time - last.time)
            }
            now[view.name] = current
            board.show(view.name, state: Array(JSONLine.text(MQTTCameraState(view, fps: fps)).utf8))
        }
        seen = now
        // A ledger that cannot be read is the runner's to report.
        if let counts = try? await desk({ ledger throws(LedgerError) in try ledger.counts() }) { board.show(counts) }
    }
}
