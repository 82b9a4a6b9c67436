import DaemonConfiguration
import Files
import Pipeline

/// The discovery messages for Home Assistant, one retained message per entity: one device for the daemon, and one for
/// each camera. The format is that of Home Assistant's MQTT discovery.
struct MQTTDiscovery: Sendable {
    /// A topic level and the prefix of all identifiers: letters, digits, `-` and `_`.
    private let node: String
    private let clientID: String
    private let topics: MQTTTopics
    private let hasSnapshots: Bool

    init(_ settings: MQTTSettings) {
        node = settings.clientID.replacing(".", with: "_")
        clientID = settings.clientID
        topics = MQTTTopics(settings)
        hasSnapshots = settings.snapshotInterval != nil
    }

    /// The messages for the daemon's own entities.
    var daemon: [MQTTMessage] {
        let device = MQTTEntity.Device(identifiers: [node], name: clientID, model: "saliencyd", viaDevice: nil)
        func count(_ state: String, _ name: String, _ icon: String) -> MQTTMessage {
            var entity = entity("jobs_\(state)", name, device)
            entity.stateTopic = topics.jobState
            entity.valueTemplate = "{{ value_json.\(state) }}"
            (entity.stateClass, entity.unitOfMeasurement, entity.icon) = ("measurement", "jobs", icon)
            return message("sensor", "jobs_\(state)", entity)
        }
        return [
            count("queued", "Queued jobs", "mdi:tray-full"),
            count("failed", "Failed jobs", "mdi:alert-circle-outline"),
        ]
    }

    /// The messages for a camera's entities.
    func entities(of camera: MQTTTopicStore.Camera) -> [MQTTMessage] {
        let device = MQTTEntity.Device(
            identifiers: ["\(node)_\(camera.name)"], name: camera.name, model: "saliencyd camera", viaDevice: node)
        func message(
            _ component: String, _ key: String, _ name: String, _ change: (inout MQTTEntity) -> Void
        ) -> MQTTMessage {
            let object = "\(camera.name)_\(key)"
            var entity = entity(object, name, device)
            entity.stateTopic = topics.state(of: camera.name)
            change(&entity)
            return self.message(component, object, entity)
        }
        var messages = [
            message("binary_sensor", "connectivity", "Connectivity") {
                $0.valueTemplate = "{{ 'ON' if value_json.state in ['up', 'degraded'] else 'OFF' }}"
                ($0.deviceClass, $0.entityCategory) = ("connectivity", "diagnostic")
                $0.jsonAttributesTopic = topics.state(of: camera.name)
            },
            message("sensor", "class", "Class") {
                $0.valueTemplate = "{{ value_json.label | default(none) }}"
                $0.icon = "mdi:run"
            },
            message("sensor", "probability", "Probability") {
                $0.valueTemplate =
                    "{{ (value_json.probability * 100) | round(1) if value_json.probability is defined else none }}"
                ($0.unitOfMeasurement, $0.stateClass, $0.icon) = ("%", "measurement", "mdi:percent")
            },
            message("sensor", "fps", "Frame rate") {
                $0.valueTemplate = "{{ value_json.fps | default(none) }}"
                ($0.unitOfMeasurement, $0.stateClass, $0.icon) = ("fps", "measurement", "mdi:filmstrip")
                $0.entityCategory = "diagnostic"
            },
            message("sensor", "lag", "Lag") {
                $0.valueTemplate = "{{ value_json.lag | default(none) }}"
                ($0.deviceClass, $0.unitOfMeasurement, $0.stateClass) = ("duration", "s", "measurement")
                $0.entityCategory = "diagnostic"
            },
        ]
        if camera.hasEvents {
            messages.append(
                message("binary_sensor", "activity", "Activity") {
                    $0.stateTopic = topics.activity(of: camera.name)
                    $0.deviceClass = "motion"
                })
        }
        if hasSnapshots {
            messages.append(
                message("camera", "snapshot", "Snapshot") {
                    $0.stateTopic = nil
                    $0.topic = topics.snapshot(of: camera.name)
                })
        }
        return messages
    }

    private func entity(_ object: String, _ name: String, _ device: MQTTEntity.Device) -> MQTTEntity {
        MQTTEntity(
            name: name, uniqueId: "\(node)_\(object)", availabilityTopic: topics.status, device: device)
    }

    private func message(_ component: String, _ object: String, _ entity: MQTTEntity) -> MQTTMessage {
        MQTTMessage(
            topic: topics.discovery(component, node: node, object), payload: Array(JSONLine.text(entity).utf8),
            isRetained: true)
    }
}

/// An entity as described in Home Assistant's MQTT discovery; keys are encoded in snake case, and nil values are left
/// out.
struct MQTTEntity: Encodable {
    /// Home Assistant groups the entities of one device.
    struct Device: Encodable {
        var identifiers: [String]
        var name: String
        var model: String
        var manufacturer = "saliencyd"
        var swVersion = saliencydVersion
        /// The identifier of the device through which this one is connected.
        var viaDevice: String?

        init(identifiers: [String], name: String, model: String, viaDevice: String?) {
            self.identifiers = identifiers
            self.name = name
            self.model = model
            self.viaDevice = viaDevice
        }
    }

    /// The program that sends the description.
    struct Origin: Encodable {
        var name = "saliencyd"
        var swVersion = saliencydVersion
    }

    var name: String
    var uniqueId: String
    /// The topic of `online` and `offline`.
    var availabilityTopic: String
    var stateTopic: String?
    /// The topic of a camera's snapshots.
    var topic: String?
    var valueTemplate: String?
    var jsonAttributesTopic: String?
    var deviceClass: String?
    var stateClass: String?
    var unitOfMeasurement: String?
    var entityCategory: String?
    var icon: String?
    var device: Device
    var origin = Origin()

    init(name: String, uniqueId: String, availabilityTopic: String, device: Device) {
        self.name = name
        self.uniqueId = uniqueId
        self.availabilityTopic = availabilityTopic
        self.device = device
    }
}
