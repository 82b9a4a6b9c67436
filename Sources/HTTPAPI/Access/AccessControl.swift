import DaemonConfiguration
import HTTPTypes

/// Decides who may send requests: clients with a token or, if no tokens are configured, local clients that are not
/// pages of other sites.
struct AccessControl: Sendable {
    let tokens: [AccessToken]

    /// - Parameters:
    ///   - role: the role that the token needs; nil for an unknown path.
    ///   - isOpen: whether the route needs no token.
    /// - Returns: the token's name; nil if none is needed.
    @discardableResult func check(
        _ request: HTTPRequest, role: TokenRole?, isOpen: Bool
    ) throws(APIError) -> String? {
        if tokens.isEmpty {
            try checkIsLocal(request)
            return nil
        }
        return isOpen ? nil : try check(request, role)
    }

    private func checkIsLocal(_ request: HTTPRequest) throws(APIError) {
        // swift-http-types takes the first Host as the authority; a second one remains among the other headers.
        guard let authority = request.authority, HostName.isLoopback(authority),
            !request.headerFields.contains(where: { $0.name.canonicalName == "host" })
        else {
            throw APIError(
                .forbidden, "foreign_host",
                "Without a token the daemon answers only to localhost, 127.0.0.1 and [::1]; set http.token-file.")
        }
        // Browsers state the initiator of every request to this machine (https://www.w3.org/TR/fetch-metadata/), also
        // for requests without an origin, such as images. A page on another port is "same-site".
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headerFields[$0] }) {
            guard ["same-origin", "none"].contains(site.lowercased()) else { throw Self.foreignOrigin }
        }
        guard let origin = request.headerFields[.origin] else { return }
        let own = ["http://\(authority)", "https://\(authority)"]
        guard own.contains(where: { $0.lowercased() == origin.lowercased() }) else { throw Self.foreignOrigin }
    }

    private static let foreignOrigin = APIError(
        .forbidden, "foreign_origin", "Without a token the daemon does not answer to pages of other sites.")

    private func check(_ request: HTTPRequest, _ role: TokenRole?) throws(APIError) -> String {
        let scheme = "bearer "
        let header = request.headerFields[.authorization] ?? ""
        let secret = header.lowercased().hasPrefix(scheme) ? String(header.dropFirst(scheme.count)) : ""
        // Compares all tokens, so that the time does not depend on which one matches.
        let matching = tokens.filter { $0.secret.matches(secret) }
        guard let token = matching.first else {
            throw APIError(
                .unauthorized, "unauthorized",
                header.isEmpty
                    ? "This needs a token: Authorization: Bearer TOKEN." : "The token is not one of the daemon's.",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        if let role, !token.roles.contains(role) {
            throw APIError(
                .forbidden, "role",
                "The token \(token.name) is not for this; that takes the role \(role.rawValue) in http.token.")
        }
        return token.name
    }
}

/// The host in `Host: localhost:8787`.
enum HostName {
    /// Whether the host can only be this machine, whatever a name server says. Through other names, a page of another
    /// origin can reach a server on the loopback address (DNS rebinding).
    static func isLoopback(_ authority: String) -> Bool {
        guard let host = host(of: authority) else { return false }
        return host == "localhost" || LoopbackAddress.isLoopback(host) == true
    }

    /// The host in lower case, without the port and the brackets of an IPv6 address; nil if the text is not a host with
    /// an optional port.
    static func host(of authority: String) -> String? {
        let lower = authority.lowercased()
        let host: Substring
        let rest: Substring
        if lower.hasPrefix("[") {
            guard let end = lower.firstIndex(of: "]") else { return nil }
            host = lower[lower.index(after: lower.startIndex)..<end]
            rest = lower[lower.index(after: end)...]
        } else {
            let colon = lower.firstIndex(of: ":") ?? lower.endIndex
            host = lower[..<colon]
            rest = lower[colon...]
        }
        guard !host.isEmpty, rest.isEmpty || rest.hasPrefix(":") && UInt16(rest.dropFirst()) != nil else { return nil }
        return String(host)
    }
}
