import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

/// Against Debian's broker.
@Suite(.hangLimit) struct MQTTBrokerTests {
    private let gate = MQTTTopicStore.Camera(name: "gate", hasEvents: true)

    @Test func statesAreRetainedAndEventsAreNot() async throws {
        let broker = try await MosquittoBroker()
        let observer = try await MQTTObserver(port: broker.port)
        let link = RunningLink(.sample(broker.port) { $0.hasDiscovery = false })
        link.topicStore.replace([gate])
        link.topicStore.show("gate", state: Array("{\"state\":\"up\"}".utf8))
        #expect(await observer.wait("saliencyd/status", is: "online"))
        #expect(await observer.wait("saliencyd/cameras/gate/activity", is: "OFF"))
        let began = CameraEvent.sample(1)
        link.topicStore.publish(began)
        #expect(await observer.wait("saliencyd/cameras/gate/activity", is: "ON"))
        #expect(await observer.wait { $0.contains { $0.topic == "saliencyd/cameras/gate/event" } })
        #expect(
            observer.messages.first { $0.topic == "saliencyd/cameras/gate/event" }?.payload == began.json())
        var ended = began
        ended.state = .ended
        link.topicStore.publish(ended)
        #expect(await observer.wait("saliencyd/cameras/gate/activity", is: "OFF"))

        let later = try await MQTTObserver(port: broker.port)
        #expect(await later.wait("saliencyd/cameras/gate/state", is: "{\"state\":\"up\"}"))
        #expect(await later.wait("saliencyd/status", is: "online"))
        #expect(later.messages.allSatisfy { $0.isRetained && !$0.topic.hasSuffix("/event") })
        try await link.stop()
        #expect(await later.wait("saliencyd/status", is: "offline"))
        #expect(link.outbox.dropped == 0 && link.log.lines.allSatisfy { $0.hasPrefix("notice") })
    }

    @Test func aRemovedCameraLeavesNoTopics() async throws {
        let broker = try await MosquittoBroker()
        let link = RunningLink(.sample(broker.port) { $0.snapshotInterval = 60 })
        let yard = MQTTTopicStore.Camera(name: "yard", hasEvents: false)
        link.topicStore.replace([gate, yard])
        for camera in ["gate", "yard"] {
            link.topicStore.show(camera, state: Array("{}".utf8))
            link.topicStore.show(camera, snapshot: [0xFF, 0xD8])
        }
        let observer = try await MQTTObserver(port: broker.port)
        #expect(
            await observer.wait("saliencyd/cameras/yard/snapshot", is: String(decoding: [0xFF, 0xD8], as: UTF8.self)))
        link.topicStore.replace([yard])
        // Later states of the camera are ignored.
        link.topicStore.show("gate", state: Array("{}".utf8))
        link.topicStore.show("gate", snapshot: [1])
        link.topicStore.publish(CameraEvent.sample(1))
        #expect(await observer.wait("saliencyd/cameras/gate/snapshot", is: ""))
        #expect(await observer.wait { $0.contains { $0.topic == "saliencyd/cameras/gate/event" } })
        try await link.stop()
        let later = try await MQTTObserver(port: broker.port)
        #expect(await later.wait("saliencyd/status", is: "offline"))
        #expect(await later.wait("homeassistant/sensor/test/yard_lag/config", isNot: ""))
        #expect(later.messages.allSatisfy { !$0.topic.contains("gate") }, "\(later.messages.map(\.topic))")
        #expect(later.messages.contains { $0.topic == "saliencyd/cameras/yard/state" })
    }

    @Test func eventsKeepTheirOrderAcrossARestart() async throws {
        let broker = try await MosquittoBroker()
        let link = RunningLink(.sample(broker.port) { $0.hasDiscovery = false }, clock: ContinuousClock())
        link.topicStore.replace([gate])
        link.topicStore.show("gate", state: Array("before".utf8))
        let first = try await MQTTObserver(port: broker.port)
        for number in 1...50 { link.topicStore.publish(CameraEvent.sample(number)) }
        #expect(await first.wait { $0.count { $0.topic == "saliencyd/cameras/gate/event" } == 50 })
        await broker.kill()
        _ = await link.pause()
        for number in 51...100 { link.topicStore.publish(CameraEvent.sample(number)) }
        for number in 1...100 { link.topicStore.show("gate", state: Array("\(number)".utf8)) }
        try await broker.start()
        let second = try await MQTTObserver(port: broker.port)
        // The broker has lost everything, and may have accepted some of the events before the observer connected.
        #expect(await second.wait("saliencyd/cameras/gate/state", is: "100"))
        link.topicStore.publish(CameraEvent.sample(101))
        let last = CameraEvent.sample(101).json()
        #expect(await second.wait { $0.contains { $0.payload == last } })
        let events = second.messages.filter { $0.topic == "saliencyd/cameras/gate/event" }.map(\.payload)
        let expected = (1...101).map { CameraEvent.sample($0).json() }
        #expect(events == expected.suffix(events.count))
        #expect(second.texts("saliencyd/cameras/gate/state") == ["100"])
        try await link.stop()
        #expect(link.outbox.dropped == 0)
        let lines = link.log.lines
        #expect(lines.count == 3 && lines[1].contains("disconnected: ") && lines[2].contains("back after"), "\(lines)")
    }

    @Test func aWrongPasswordIsReportedAndRarelyTried() async throws {
        let folder = try TemporaryDirectory()
        let broker = try await MosquittoBroker(password: "right")
        let file = try folder.write(Array("wrong-one\n".utf8), to: "password")
        let link = RunningLink(
            .sample(broker.port) { ($0.user, $0.passwordFile) = ("saliencyd", file) })
        #expect(await link.pause() == 60)
        #expect(link.log.lines.contains { $0.contains("disconnected: refuses the user") }, "\(link.log.lines)")
        #expect(!link.log.lines.contains { $0.contains("wrong-one") })
        try await link.stop()
        // The file is read for every connection.
        try folder.write(Array("right\n".utf8), to: "password")
        let other = RunningLink(
            .sample(broker.port) { ($0.user, $0.passwordFile) = ("saliencyd", file) })
        let observer = try await MQTTObserver(port: broker.port, password: "right")
        #expect(await observer.wait("saliencyd/status", is: "online"))
        try await other.stop()
    }

    @Test func aWorldReadablePasswordIsReportedOnce() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(Array("secret\n".utf8), to: "password")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let link = RunningLink(
            .sample(try LocalSocket.freePort()) { ($0.user, $0.passwordFile) = ("me", file) },
            clock: ContinuousClock())
        for _ in 1...2 { _ = await link.pause() }
        #expect(link.log.lines.count { $0.contains("every user of this machine can read it") } == 1)
        #expect(link.log.lines.count == 2, "\(link.log.lines)")
        try await link.stop()
    }

    /// The broker listens on one of the name's addresses.
    @Test func allAddressesOfANameAreTried() async throws {
        let broker = try await MosquittoBroker()
        let address = try #require(MQTTAddress("mqtt://localhost:\(broker.port)"))
        let link = RunningLink(.sample(broker.port) { $0.address = address })
        let observer = try await MQTTObserver(port: broker.port)
        #expect(await observer.wait("saliencyd/status", is: "online"))
        try await link.stop()
        #expect(link.log.lines.count == 1, "\(link.log.lines)")
    }

    @Test func anUnknownHostIsReported() async throws {
        let address = try #require(MQTTAddress("mqtt://broker.invalid"))
        let link = RunningLink(.sample(1883) { $0.address = address })
        _ = await link.pause()
        #expect(link.log.lines.first?.contains("broker.invalid:1883: disconnected: cannot be found") == true)
        try await link.stop()
    }

    @Test func anUnreadablePasswordIsReported() async throws {
        let link = RunningLink(
            .sample(try LocalSocket.freePort()) { ($0.user, $0.passwordFile) = ("me", "/nowhere/password") })
        _ = await link.pause()
        #expect(link.log.lines.first?.contains("/nowhere/password") == true, "\(link.log.lines)")
        try await link.stop()
    }

    @Test func aMissingBrokerIsOneLineAndABoundedQueue() async throws {
        let link = RunningLink(.sample(try LocalSocket.freePort()), clock: ContinuousClock())
        link.topicStore.replace([gate])
        _ = await link.pause()
        for number in 0..<5000 {
            link.topicStore.publish(CameraEvent.sample(number))
            link.topicStore.show("gate", state: Array("\(number)".utf8))
        }
        _ = await link.pause()
        #expect(link.outbox.dropped == UInt64(5000 - MQTTOutbox.capacity))
        let lines = link.log.lines
        #expect(lines.count == 1 && lines[0].contains("cannot be reached: Connection refused"), "\(lines)")
        try await link.stop()
    }

    /// Data that is not MQTT or is truncated only ends the connection.
    @Test(
        arguments: [[UInt8]](
            arrayLiteral: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [0x20, 0x02, 0x00], [], [0xFF]))
    func otherServersAreDisconnected(answer: [UInt8]) async throws {
        let server = try StreamServer { connection in
            _ = connection.receive()
            connection.send(answer)
        }
        let link = RunningLink(.sample(server.port))
        #expect(await link.pause() ?? 60 <= 1)
        #expect(link.log.lines.count == 1 && link.log.lines[0].hasPrefix("warning: mqtt: "), "\(link.log.lines)")
        try await link.stop()
    }

    @Test func anUnresponsiveBrokerDoesNotDelayTheEnd() async throws {
        let connected = AsyncStream.makeStream(of: Void.self)
        let server = try StreamServer { connection in
            connected.continuation.yield()
            connection.hold()
        }
        let link = RunningLink(.sample(server.port))
        var iterator = connected.stream.makeAsyncIterator()
        await iterator.next()
        try await link.stop()
        #expect(link.log.lines.isEmpty, "\(link.log.lines)")
    }

    // MARK: Home Assistant

    @Test func homeAssistantsRestartIsAnswered() async throws {
        let broker = try await MosquittoBroker()
        let observer = try await MQTTObserver(port: broker.port)
        let link = RunningLink(.sample(broker.port))
        link.topicStore.replace([gate])
        let topic = "homeassistant/sensor/test/gate_class/config"
        #expect(await observer.wait { $0.contains { $0.topic == topic } })
        // All of these are ignored.
        observer.publish("homeassistant/status", Array(repeating: 0x41, count: 300_000))
        observer.publish("homeassistant/status", [0xFF, 0x00, 0xFE])
        observer.publish("homeassistant/status", [])
        observer.publish("homeassistant/status", Array("offline".utf8))
        link.topicStore.publish(CameraEvent.sample(1))
        #expect(await observer.wait { $0.contains { $0.topic == "saliencyd/cameras/gate/event" } })
        #expect(observer.texts(topic).count == 1)
        for _ in 1...100 { observer.publish("homeassistant/status", Array("online".utf8)) }
        #expect(await observer.wait { $0.count { $0.topic == topic } >= 2 })
        link.topicStore.publish(CameraEvent.sample(2))
        #expect(await observer.wait { $0.count { $0.topic == "saliencyd/cameras/gate/event" } == 2 })
        // A hundred of them cause one response.
        #expect(observer.texts(topic).count == 2)
        try await link.stop()
        #expect(link.log.lines.count == 1, "\(link.log.lines)")
    }
}
