import Cameras
import Concurrency
import DaemonConfiguration
import JobService
import Logging
import Pipeline
import ServiceLifecycle

/// Publishes events and states over MQTT.
///
/// When the daemon stops, it must stop after the sources of the events: their last events are published within a few
/// seconds.
package struct MQTTService: Service {
    package let topicStore: MQTTTopicStore
    private let link: MQTTLink
    private let states: MQTTStates
    private let snapshots: MQTTSnapshots?

    package init(
        _ settings: MQTTSettings, topicStore: MQTTTopicStore, cameras: CameraRegistry, store: JobStore, log: Logger,
        clock: any Clock<Duration>, backoff: ReconnectBackoff = ReconnectBackoff(),
        onPause: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.topicStore = topicStore
        link = MQTTLink(
            settings, outbox: topicStore.outbox, log: log, clock: clock, backoff: backoff, onPause: onPause)
        states = MQTTStates(
            topicStore: topicStore, cameras: cameras, store: store, wakeSignal: WakeSignal(), clock: clock)
        snapshots = settings.snapshotInterval.map {
            MQTTSnapshots(topicStore: topicStore, cameras: cameras, interval: .seconds($0), clock: clock)
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

    /// Publishes changes now, for example after a reload.
    package func refresh() {
        states.wakeSignal.notify()
    }
}
