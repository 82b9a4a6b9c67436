import Concurrency
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

@Suite(.hangLimit) struct MQTTStatesTests {
    private let outbox = MQTTOutbox()
    private let clock = HandClock()

    /// The messages to publish now, by topic.
    private func published() -> [String: String] {
        var texts: [String: String] = [:]
        while let item = outbox.next() {
            texts[item.message.topic] = String(decoding: item.message.payload, as: UTF8.self)
        }
        return texts
    }

    @Test func changesArePublishedEveryFiveSeconds() async throws {
        let daemon = try await DaemonHarness()
        let registry = CameraRegistry()
        let entry = CameraHandle(.sample("gate"), clock: clock)
        registry.replace([entry])
        let wakeSignal = WakeSignal()
        let topicStore = MQTTTopicStore(.sample(1883) { $0.hasDiscovery = false }, outbox: outbox)
        let states = MQTTStates(
            topicStore: topicStore, cameras: registry, store: daemon.store, wakeSignal: wakeSignal, clock: clock)
        let running = Task { await states.run() }
        #expect(await clock.sleeper() == .seconds(5))
        let first = published()
        let text = try #require(first["saliencyd/cameras/gate/state"])
        #expect(text.contains("\"state\":\"starting\"") && !text.contains("fps"))
        #expect(first["saliencyd/jobs/state"]?.contains("\"queued\":0") == true)
        // The camera has no events, and no snapshot is requested.
        #expect(first.keys.sorted() == ["saliencyd/cameras/gate/state", "saliencyd/jobs/state"])

        entry.report.update { $0.framesIn = 100 }
        clock.advance(by: .seconds(5))
        #expect(await clock.sleeper() == .seconds(5))
        let second = published()
        #expect(second["saliencyd/cameras/gate/state"]?.contains("\"fps\":20,") == true, "\(second)")
        #expect(second["saliencyd/jobs/state"] == nil, "it has not changed")

        // A reload takes effect immediately.
        registry.replace([])
        wakeSignal.notify()
        #expect(await clock.sleeper() == .seconds(5))
        #expect(published() == ["saliencyd/cameras/gate/state": ""])
        running.cancel()
        await running.value
    }
}
