import Concurrency
import Foundation
import Pipeline
import Synchronization

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

/// A connection to a broker that runs on a dedicated thread until `stop`.
final class RunningLink: Sendable {
    let outbox = MQTTOutbox()
    let topicStore: MQTTTopicStore
    let log = CollectedLog()
    /// The waits in seconds after failed attempts.
    let pauses: AsyncStream<Double>
    private let link: MQTTLink
    private let task: Task<Void, any Error>

    /// - Parameter clock: of its time limits and waits; only with one that runs does it connect again.
    init(_ settings: MQTTSettings, clock: some Clock<Duration> = HandClock()) {
        let (pauses, pause) = AsyncStream.makeStream(of: Double.self)
        self.pauses = pauses
        topicStore = MQTTTopicStore(settings, outbox: outbox)
        let link = MQTTLink(
            settings, outbox: outbox, secrets: CameraSecrets(environment: [:]), log: log.logger,
            clock: clock, backoff: ReconnectBackoff(limit: 60)
        ) { pause.yield($0) }
        self.link = link
        task = Task { try await DedicatedThread.run(name: "mqtt", onCancel: {}) { link.run() } }
    }

    deinit {
        link.stop()
    }

    /// Waits for the next failed attempt; returns the seconds until the one after it.
    func pause() async -> Double? {
        var iterator = pauses.makeAsyncIterator()
        return await iterator.next()
    }

    /// Stops like the daemon; returns when everything is published.
    func stop() async throws {
        link.stop()
        try await task.value
    }
}
