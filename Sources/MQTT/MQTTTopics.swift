import DaemonConfiguration

/// The daemon's topics.
struct MQTTTopics: Sendable, Equatable {
    private let prefix: String
    private let discoveryPrefix: String

    package init(_ settings: MQTTSettings) {
        prefix = settings.prefix
        discoveryPrefix = settings.discoveryPrefix
    }

    static let online = Array("online".utf8)
    static let offline = Array("offline".utf8)
    static let on = Array("ON".utf8)
    static let off = Array("OFF".utf8)

    /// The topic of `online`, and of `offline` as the last will.
    var status: String { "\(prefix)/status" }
    var jobState: String { "\(prefix)/jobs/state" }
    var jobEvent: String { "\(prefix)/jobs/event" }
    /// The topic under which Home Assistant announces its start.
    var homeAssistantStatus: String { "\(discoveryPrefix)/status" }

    func state(of camera: String) -> String { "\(prefix)/cameras/\(camera)/state" }
    func event(of camera: String) -> String { "\(prefix)/cameras/\(camera)/event" }
    /// The topic of `ON` during an event, `OFF` otherwise.
    func activity(of camera: String) -> String { "\(prefix)/cameras/\(camera)/activity" }
    /// The topic of JPEG images.
    func snapshot(of camera: String) -> String { "\(prefix)/cameras/\(camera)/snapshot" }

    /// The topic of an entity's description; `component` is Home Assistant's name for its type.
    func discovery(_ component: String, node: String, _ object: String) -> String {
        "\(discoveryPrefix)/\(component)/\(node)/\(object)/config"
    }
}
