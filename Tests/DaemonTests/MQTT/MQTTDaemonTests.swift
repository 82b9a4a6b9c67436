import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

/// The built daemon and Debian's broker.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct MQTTDaemonTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// No other sink is configured: an event's condition is enough.
    @Test func aCameraIsPublishedFromItsStartToItsEnd() async throws {
        let clip = try CameraMaterial.clip(folder)
        let broker = try await MosquittoBroker()
        let observer = try await MQTTObserver(port: broker.port)
        let cameras = "  gate: {url: \"loop:\(clip)\", events: {on-class: any, for: 0}}\n"
        let daemon = try await CameraDaemon(
            folder, cameras: cameras + "  yard: {url: \"loop:\(clip)\"}",
            environment: [
                "SALIENCYD_MQTT_URL": "mqtt://127.0.0.1:\(broker.port)", "SALIENCYD_MQTT_CLIENT_ID": "test",
                "SALIENCYD_MQTT_SNAPSHOT_INTERVAL": "1",
            ])
        #expect(await observer.wait("saliencyd/status", is: "online"))
        #expect(await observer.wait("saliencyd/cameras/gate/activity", is: "ON"))
        #expect(await observer.wait { $0.contains { $0.topic == "saliencyd/cameras/gate/event" } })
        let event = try #require(observer.messages.first { $0.topic == "saliencyd/cameras/gate/event" })
        let began = try JSONDecoder().decode(CameraEvent.self, from: Data(event.payload))
        #expect(began.state == .began && began.kind == .class && began.json() == event.payload)
        #expect(
            await observer.wait { messages in
                messages.contains {
                    $0.topic == "saliencyd/cameras/gate/snapshot" && $0.payload.starts(with: [0xFF, 0xD8])
                }
            })
        #expect(
            await observer.wait { messages in
                messages.contains {
                    $0.topic == "saliencyd/cameras/gate/state" && $0.text.contains("\"state\":\"up\"")
                        && $0.text.contains("\"fps\":")
                }
            })
        #expect(observer.texts("saliencyd/jobs/state").first?.contains("\"queued\":0") == true)
        #expect(observer.messages.contains { $0.topic == "homeassistant/binary_sensor/test/gate_activity/config" })

        let metrics = try await daemon.api.get("/metrics").text
        #expect(
            metrics.contains("saliencyd_mqtt_connected 1\n") && metrics.contains("saliencyd_mqtt_dropped_total 0\n"))
        #expect(metrics.contains(/saliencyd_mqtt_published_total [1-9]/), "\(metrics)")

        // After a reload without the camera, none of its topics remain.
        try CameraDaemon.configure(
            folder, "  yard: {url: \"loop:\(clip)\"}", port: daemon.api.port)
        daemon.command.send(SIGHUP)
        #expect(await observer.wait("homeassistant/binary_sensor/test/gate_activity/config", is: ""))
        #expect(await observer.wait("saliencyd/cameras/gate/state", is: ""))
        #expect(await observer.wait("saliencyd/cameras/yard/state", isNot: ""))
        _ = await daemon.stop()
        #expect(await observer.wait("saliencyd/status", is: "offline"))
        let later = try await MQTTObserver(port: broker.port)
        #expect(await later.wait("saliencyd/status", is: "offline"))
        #expect(later.messages.allSatisfy { !$0.topic.contains("gate") }, "\(later.messages.map(\.topic))")
    }

    @Test func theEndOfAKilledDaemonIsSeen() async throws {
        let broker = try await MosquittoBroker()
        let observer = try await MQTTObserver(port: broker.port)
        let clip = try CameraMaterial.clip(folder)
        let daemon = try await CameraDaemon(
            folder, cameras: "  gate: {url: \"loop:\(clip)\"}",
            environment: ["SALIENCYD_MQTT_URL": "mqtt://127.0.0.1:\(broker.port)"])
        #expect(await observer.wait("saliencyd/status", is: "online"))
        daemon.command.send(SIGKILL)
        #expect(await observer.wait("saliencyd/status", is: "offline"))
        _ = await daemon.command.end()
    }

    /// The end of a drop folder's job, with MQTT as its only sink.
    @Test func theEndOfAJobIsPublished() async throws {
        let broker = try await MosquittoBroker()
        let observer = try await MQTTObserver(port: broker.port)
        let daemon = try await DaemonHarness()
        var settings = daemon.settings([daemon.dropFolder()])
        settings.mqtt = .sample(broker.port)
        try daemon.drop("1.mp4")
        try await daemon.running(settings) { _ in
            try await daemon.jobs(1, .done)
            #expect(await observer.wait { $0.contains { $0.topic == "saliencyd/jobs/event" } })
            #expect(await observer.wait { $0.contains { $0.topic == "saliencyd/jobs/state" } })
        }
        let text = try #require(observer.texts("saliencyd/jobs/event").first)
        let event = try JSONDecoder().decode(JobEvent.self, from: Data(text.utf8))
        #expect(
            event.state == .done && event.dropFolder == "in" && event.output == daemon.root.file("out/1.saliency.mp4"))
        // The daemon is stopped properly and publishes its status itself.
        #expect(await observer.wait("saliencyd/status", is: "offline"))
    }
}
