@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

extension MQTTSettings {
    /// A broker on this machine.
    static func sample(
        _ port: UInt16, isSecure: Bool = false, _ change: (inout MQTTSettings) -> Void = { _ in }
    ) -> MQTTSettings {
        guard let address = MQTTAddress("\(isSecure ? "mqtts" : "mqtt")://127.0.0.1:\(port)") else {
            preconditionFailure("a port is 1 to 65535")
        }
        var settings = MQTTSettings(address: address, clientID: "test")
        change(&settings)
        return settings
    }
}
