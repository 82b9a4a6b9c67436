import HTTPTypes

/// Who may ask: whoever knows the token or, where there is none, whoever is on this machine and is no page of another site.
struct RequestGate: Sendable {
    let token: BearerToken?

    /// - Parameter isOpen: whether the route is for everybody who reaches the server.
    func check(_ request: HTTPRequest, isOpen: Bool) throws(APIError) {
        if let token {
            if !isOpen { try check(request, token) }
            return
        }
        // swift-http-types keeps the first Host as the authority; a second stays among the other headers.
        guard let authority = request.authority, HostName.isLoopback(authority),
            !request.headerFields.contains(where: { $0.name.canonicalName == "host" })
        else {
            throw APIError(
                .forbidden, "foreign_host",
                "Without a token the daemon answers only to localhost, 127.0.0.1 and [::1]; set http.token-file.")
        }
        guard let origin = request.headerFields[.origin] else { return }
        let own = ["http://\(authority)", "https://\(authority)"]
        guard own.contains(where: { $0.lowercased() == origin.lowercased() }) else {
            throw APIError(
                .forbidden, "foreign_origin", "Without a token the daemon does not answer to pages of other sites.")
        }
    }

    private func check(_ request: HTTPRequest, _ token: BearerToken) throws(APIError) {
        let scheme = "bearer "
        let header = request.headerFields[.authorization] ?? ""
        guard header.lowercased().hasPrefix(scheme), token.matches(String(header.dropFirst(scheme.count))) else {
            throw APIError(
                .unauthorized, "unauthorized",
                header.isEmpty
                    ? "This needs a token: Authorization: Bearer TOKEN." : "The token is not the daemon's.",
                headers: [.wwwAuthenticate: "Bearer"])
        }
    }
}
