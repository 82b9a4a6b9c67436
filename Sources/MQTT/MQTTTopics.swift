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

    /// `online`, and `offline` as the last will.
    var status: String { "\(prefix)/status" }
    var jobState: String { "\(prefix)/jobs/state" }
    var jobEvent: String { "\(prefix)/jobs/event" }
    /// Where Home Assistant says that it was started.
    var homeAssistantStatus: String { "\(discoveryPrefix)/status" }

    func state(of camera: String) -> String { "\(prefix)/cameras/\(camera)/state" }
    func event(of camera: String) -> String { "\(prefix)/cameras/\(camera)/event" }
    /// `ON` while an event goes on.
    func activity(of camera: String) -> String { "\(prefix)/cameras/\(camera)/activity" }
    /// A JPEG file.
    func snapshot(of camera: String) -> String { "\(prefix)/cameras/\(camera)/snapshot" }

    /// The description of an entity; `component` is Home Assistant's word for its kind.
    func discovery(_ component: String, node: String, _ object: String) -> String {
        "\(discoveryPrefix)/\(component)/\(node)/\(object)/config"
    }
}
