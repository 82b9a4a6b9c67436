import DaemonConfiguration
import HTTPTypes

/// Who may ask: whoever knows a token or, where there is none, whoever is on this machine and is not a page of another site.
struct AccessControl: Sendable {
    let tokens: [AccessToken]

    /// - Parameters:
    ///   - role: what a token has to be for; nil for a path that is none.
    ///   - isOpen: whether the route is for everybody who reaches the server.
    /// - Returns: the name of the token; nil where none is needed.
    @discardableResult func check(
        _ request: HTTPRequest, role: TokenRole?, isOpen: Bool
    ) throws(APIError) -> String? {
        if tokens.isEmpty {
            try checkIsFromHere(request)
            return nil
        }
        return isOpen ? nil : try check(request, role)
    }

    private func checkIsFromHere(_ request: HTTPRequest) throws(APIError) {
        // swift-http-types keeps the first Host as the authority; a second stays among the other headers.
        guard let authority = request.authority, HostName.isLoopback(authority),
            !request.headerFields.contains(where: { $0.name.canonicalName == "host" })
        else {
            throw APIError(
                .forbidden, "foreign_host",
                "Without a token the daemon answers only to localhost, 127.0.0.1 and [::1]; set http.token-file.")
        }
        // Browsers say of every request to this machine what made it (https://www.w3.org/TR/fetch-metadata/), also of those
        // that have no origin, such as images. To them another port is the same site.
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
        let word = header.lowercased().hasPrefix(scheme) ? String(header.dropFirst(scheme.count)) : ""
        // All are compared, whichever it is.
        let matching = tokens.filter { $0.secret.matches(word) }
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
    /// Whether it can only mean this machine, whatever a name server says. Names that do not are how a page of another
    /// origin reaches a server on the loopback address.
    static func isLoopback(_ authority: String) -> Bool {
        guard let host = host(of: authority) else { return false }
        return host == "localhost" || LoopbackAddress.isLoopback(host) == true
    }

    /// In lower case, without the port and the brackets of an IPv6 address; nil if it is not a host and port.
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
