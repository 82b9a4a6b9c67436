import Foundation

/// Where a webhook is. Paths and queries of such addresses are often secrets as well as passwords: none is ever shown.
struct WebhookAddress: Sendable {
    /// Without user and password.
    let url: URL
    /// The header `Authorization` for the user and password of the address.
    let authorization: String?
    /// Scheme, host and port.
    let place: String

    /// Nil for what is no HTTP address.
    init?(_ text: String) {
        guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else { return nil }
        authorization = parts.user.map { user in
            "Basic " + Data("\(user):\(parts.password ?? "")".utf8).base64EncodedString()
        }
        (parts.user, parts.password, parts.fragment) = (nil, nil, nil)
        guard let url = parts.url else { return nil }
        self.url = url
        place = "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")"
    }
}

extension WebhookAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { place }
    var debugDescription: String { place }
    var customMirror: Mirror { Mirror(self, children: ["place": place]) }
}
