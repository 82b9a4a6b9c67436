import Cameras
import Concurrency
import DaemonConfiguration
import JobService
import Logging
import Pipeline
import ServiceLifecycle

/// Publishes events and states over MQTT.
///
/// It has to outlast what the events come from when the daemon stops: what they still say is published, within a few
/// seconds.
package struct MQTTService: Service {
    package let board: MQTTBoard
    private let link: MQTTLink
    private let states: MQTTStates
    private let snapshots: MQTTSnapshots?

    package init(
        _ settings: MQTTSettings, board: MQTTBoard, cameras: CameraRegistry, desk: LedgerDesk, log: Logger,
        clock: any Clock<Duration>, backoff: ReconnectBackoff = ReconnectBackoff(),
        onPause: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.board = board
        link = MQTTLink(
            settings, outbox: board.outbox, log: log, clock: clock, backoff: backoff, onPause: onPause)
        states = MQTTStates(board: board, cameras: cameras, desk: desk, wakeSignal: WakeSignal(), clock: clock)
        snapshots = settings.snapshotInterval.map {
            MQTTSnapshots(board: board, cameras: cameras, interval: .seconds($0), clock: clock)
        }
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await states.run() }
                if let snapshots { group.addTask { await snapshots.run() } }
                try await DedicatedThread.run(name: "mqtt", onCancel: { link.stop() }) { link.run() }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            states.wakeSignal.notify()
            link.stop()
        }
    }

    /// Looks at the cameras now, as after a reload.
    package func look() {
        states.wakeSignal.notify()
    }
}
