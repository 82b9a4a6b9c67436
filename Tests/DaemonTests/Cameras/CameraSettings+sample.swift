@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

extension CameraSettings {
    /// A camera as it is when the configuration names its address alone.
    static func sample(_ name: String = "gate", _ change: (inout CameraSettings) -> Void = { _ in }) -> CameraSettings {
        var settings = CameraSettings(name: name, url: SecretAddress("rtsp://admin:hunter2@\(name).example/live"))
        change(&settings)
        return settings
    }
}

extension EventSettings {
    /// As they are when the configuration says nothing of events.
    static let none = EventSettings(change: false, duration: 1, preRoll: 5, postRoll: 5, quiet: 10)
}
