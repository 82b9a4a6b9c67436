import Decode
import FoundationEssentials

/// Where a webhook is. Paths and queries of such addresses are often secrets as well as passwords: none is ever shown.
package struct WebhookAddress: Sendable {
    /// Without user and password.
    package let url: URL
    /// The header `Authorization` for the user and password of the address.
    package let authorization: String?
    /// Scheme, host and port.
    package let place: String
    package let isSecure: Bool
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: UInt16
    /// As the header `Host` has them.
    package let hostAndPort: String

    /// Nil for what is no HTTP address.
    package init?(_ text: String) {
        guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else { return nil }
        authorization = parts.user.map { user in
            "Basic " + Data("\(user):\(parts.password ?? "")".utf8).base64EncodedString()
        }
        let isSecure = scheme == "https"
        guard let port = UInt16(exactly: parts.port ?? (isSecure ? 443 : 80)), port > 0 else { return nil }
        (self.isSecure, self.port) = (isSecure, port)
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        hostAndPort = host + (parts.port.map { ":\($0)" } ?? "")
        (parts.user, parts.password, parts.fragment) = (nil, nil, nil)
        guard let url = parts.url else { return nil }
        self.url = url
        place = "\(scheme)://\(hostAndPort)"
    }

    /// The same by a relay that listens on this machine.
    package func url(by relay: TLSRelay) -> URL? {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: false) else { return nil }
        (parts.scheme, parts.host, parts.port) = ("http", "127.0.0.1", Int(relay.port))
        return parts.url
    }
}

extension WebhookAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { place }
    package var debugDescription: String { place }
    package var customMirror: Mirror { Mirror(self, children: ["place": place]) }
}
