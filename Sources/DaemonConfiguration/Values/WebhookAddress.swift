import Decode
import FoundationEssentials

/// The address of a webhook. Like passwords, the paths and queries of such addresses are often secret, so none is ever
/// shown.
package struct WebhookAddress: Sendable {
    /// The URL without user and password.
    package let url: URL
    /// The header `Authorization` for the user and password of the address.
    package let authorization: String?
    /// Scheme, host and port.
    package let place: String
    package let isSecure: Bool
    /// The host without the brackets of an IPv6 address.
    package let host: String
    package let port: UInt16
    /// The host and the port as in the header `Host`.
    package let hostAndPort: String

    /// Returns nil if the text is not an HTTP address.
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

    /// The same URL through a relay that listens on this machine.
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
