import FoundationEssentials

/// The address of a broker: `mqtt://host`, or `mqtts://host` for TLS, with a port unless it is the default.
package struct MQTTAddress: Sendable, Equatable {
    package let isSecure: Bool
    /// The host without the brackets of an IPv6 address.
    package let host: String
    package let port: UInt16

    private static let plainPort = 1883
    private static let securePort = 8883

    /// The address in settings without a broker, which are never used.
    static let none = MQTTAddress(isSecure: false, host: "", port: UInt16(plainPort))

    private init(isSecure: Bool, host: String, port: UInt16) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// - Returns: nil for any other text; user, password, path, query and fragment are not allowed.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["mqtt", "mqtts"].contains(scheme), let host = parts.host, !host.isEmpty, host.utf8.count <= 255,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            ["", "/"].contains(parts.path)
        else { return nil }
        isSecure = scheme == "mqtts"
        guard let port = UInt16(exactly: parts.port ?? (isSecure ? Self.securePort : Self.plainPort)), port > 0 else {
            return nil
        }
        self.port = port
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }

    /// The address with its port.
    package var text: String {
        "\(isSecure ? "mqtts" : "mqtt")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
