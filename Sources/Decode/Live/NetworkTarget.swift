/// A network address in the parts that a relay changes. It may hold a password.
struct NetworkTarget: Sendable, Hashable {
    let scheme: String
    /// `user:password@`, or nothing.
    let credentials: String
    /// Host and port.
    let authority: String
    let path: String
    let query: String

    var text: String { "\(scheme)://\(credentials)\(authority)\(path)\(query)" }

    /// The scheme without TLS, and the port that the one with TLS has; nil for what does not go by TLS.
    private var plain: (scheme: String, port: UInt16)? {
        switch scheme {
        case "rtsps": ("rtsp", 322)
        case "https": ("http", 443)
        case "rtmps": ("rtmp", 443)
        default: nil
        }
    }

    var isSecure: Bool { plain != nil }

    /// What a relay connects to; nil for what does not go by TLS.
    var secureHost: (host: String, port: UInt16)? {
        guard let plain else { return nil }
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let port = authority[authority.index(after: end)...].dropFirst()
            return (String(authority[authority.index(after: authority.startIndex)..<end]), UInt16(port) ?? plain.port)
        }
        guard let colon = authority.lastIndex(of: ":") else { return (authority, plain.port) }
        return (String(authority[..<colon]), UInt16(authority[authority.index(after: colon)...]) ?? plain.port)
    }

    /// The same by a relay that listens on a port of this machine.
    func through(_ relay: TLSRelay) -> String {
        "\(plain?.scheme ?? scheme)://\(credentials)127.0.0.1:\(relay.port)\(path)\(query)"
    }

    /// What RTMP calls the application, as FFmpeg finds it in the path.
    var application: String {
        path.split(separator: "/").dropLast().prefix(2).joined(separator: "/")
    }
}
