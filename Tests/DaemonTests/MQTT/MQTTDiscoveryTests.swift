import Files
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

@Suite struct MQTTDiscoveryTests {
    private let camera = MQTTTopicStore.Camera(name: "gate_1", hasEvents: true)

    private func entities(
        _ camera: MQTTTopicStore.Camera, _ change: (inout MQTTSettings) -> Void = { _ in }
    ) throws -> [String: [String: Any]] {
        let discovery = MQTTDiscovery(.sample(1883, change))
        let pairs = try (discovery.daemon + discovery.entities(of: camera)).map { message in
            (
                message.topic,
                try #require(try JSONSerialization.jsonObject(with: Data(message.payload)) as? [String: Any])
            )
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    @Test func everyEntityIsDescribed() throws {
        let entities = try entities(camera)
        let node = "homeassistant/%/test/"
        func topic(_ component: String, _ object: String) -> String {
            node.replacing("%", with: component) + object + "/config"
        }
        #expect(
            Set(entities.keys) == [
                topic("binary_sensor", "gate_1_connectivity"), topic("binary_sensor", "gate_1_activity"),
                topic("sensor", "gate_1_class"), topic("sensor", "gate_1_probability"), topic("sensor", "gate_1_fps"),
                topic("sensor", "gate_1_lag"), topic("sensor", "jobs_queued"), topic("sensor", "jobs_failed"),
            ])
        let identifiers = entities.values.compactMap { $0["unique_id"] as? String }
        #expect(Set(identifiers).count == entities.count)
        for (topic, entity) in entities {
            #expect(entity["availability_topic"] as? String == "saliencyd/status", "\(topic)")
            let device = try #require(entity["device"] as? [String: Any])
            #expect(device["sw_version"] as? String == saliencydVersion, "\(topic)")
            #expect((entity["origin"] as? [String: Any])?["name"] as? String == "saliencyd")
            // Home Assistant does not accept null for these.
            #expect(!entity.values.contains { $0 is NSNull }, "\(topic)")
        }
    }

    @Test func aSensorHasItsValueTemplate() throws {
        let entity = try #require(try entities(camera)["homeassistant/sensor/test/gate_1_lag/config"])
        #expect(entity["state_topic"] as? String == "saliencyd/cameras/gate_1/state")
        #expect(entity["value_template"] as? String == "{{ value_json.lag | default(none) }}")
        #expect(entity["unit_of_measurement"] as? String == "s" && entity["device_class"] as? String == "duration")
        #expect(entity["entity_category"] as? String == "diagnostic" && entity["name"] as? String == "Lag")
        #expect(entity["unique_id"] as? String == "test_gate_1_lag")
        let device = try #require(entity["device"] as? [String: Any])
        #expect(device["identifiers"] as? [String] == ["test_gate_1"] && device["via_device"] as? String == "test")
    }

    @Test func activityHasItsOwnTopic() throws {
        let entity = try #require(try entities(camera)["homeassistant/binary_sensor/test/gate_1_activity/config"])
        #expect(entity["state_topic"] as? String == "saliencyd/cameras/gate_1/activity")
        #expect(entity["value_template"] == nil && entity["device_class"] as? String == "motion")
        #expect(try entities(.init(name: "gate_1", hasEvents: false)).keys.allSatisfy { !$0.contains("activity") })
    }

    @Test func otherPrefixesAndSnapshotsAreUsed() throws {
        let entities = try entities(camera) {
            ($0.prefix, $0.discoveryPrefix, $0.clientID, $0.snapshotInterval) = ("home/s", "ha", "a.b", 10)
        }
        let entity = try #require(entities["ha/camera/a_b/gate_1_snapshot/config"])
        #expect(entity["topic"] as? String == "home/s/cameras/gate_1/snapshot" && entity["state_topic"] == nil)
        #expect(entities.keys.allSatisfy { $0.hasPrefix("ha/") })
    }

    @Test func aStateHasTheKeysThatEntitiesReadFrom() throws {
        let state = MQTTCameraState(.sample(), fps: 24.96)
        let json = JSONLine.text(state)
        #expect(
            json == """
                {"connected":true,"connection":3,"fps":25,"frame_rate":25,"label":"walking","lag":0.8,"name":"gate",\
                "probability":0.9,"reason":"fps 25 of 25","state":"up","stride":16}
                """)
        var view = CameraStatus.sample()
        view.state = "down"
        #expect(
            JSONLine.text(MQTTCameraState(view, fps: nil)) == """
                {"connected":true,"connection":3,"frame_rate":25,"name":"gate","reason":"fps 25 of 25","state":"down"}
                """)
    }
}
