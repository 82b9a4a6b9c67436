import Pipeline

/// An entity in the words of Home Assistant's MQTT discovery; keys are written in snake case, and what is nil is left out.
struct MQTTEntity: Encodable {
    /// Entities of one device are shown together.
    struct Device: Encodable {
        var identifiers: [String]
        var name: String
        var model: String
        var manufacturer = "saliencyd"
        var swVersion = saliencydVersion
        /// The identifier of the device by which this one is connected.
        var viaDevice: String?

        init(identifiers: [String], name: String, model: String, viaDevice: String?) {
            self.identifiers = identifiers
            self.name = name
            self.model = model
            self.viaDevice = viaDevice
        }
    }

    /// What sends the description.
    struct Origin: Encodable {
        var name = "saliencyd"
        var swVersion = saliencydVersion
    }

    var name: String
    var uniqueId: String
    /// Where `online` and `offline` are said.
    var availabilityTopic: String
    var stateTopic: String?
    /// Of a camera's picture.
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
