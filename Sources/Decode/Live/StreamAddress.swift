import Media

/// The address of a live stream.
///
/// Its password never appears in `description` or in errors; only FFmpeg's open call gets it.
public struct StreamAddress: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case rtsp, rtmp, hls, http, udp, srt
        /// A JPEG that is requested repeatedly over HTTP.
        case snapshot
        /// A camera connected to this machine.
        case v4l2
        /// A file played in a loop in real time.
        case loop
    }

    public let kind: Kind
    /// The address for messages: without user and password, and with "…" for the values of its query and for RTMP's
    /// stream key.
    public let redacted: String
    /// The address including its password, or a path: for FFmpeg's open call only.
    let target: String
    /// The parts of a network address; nil for a path.
    let network: NetworkTarget?
    /// SRT's shared secret, which is not part of its address.
    let passphrase: String?

    /// Parses an address: `rtsp[s]://`, `rtmp[s]://`, `http[s]://` (HLS where the path ends in `.m3u8`, a snapshot
    /// where it ends in `.jpg` or `.jpeg`), `snapshot+http[s]://`, `udp://`, `srt://`, `v4l2:/dev/video0` or
    /// `/dev/video0`, `loop:FILE`.
    ///
    /// - Parameters:
    ///   - user: replaces the user in `text`.
    ///   - password: replaces the password in `text`; for SRT the passphrase. Not percent-encoded.
    /// - Throws: `MediaError.refused` in one sentence that contains neither the password nor any part of `text`.
    public init(_ text: String, user: String? = nil, password: String? = nil) throws(MediaError) {
        guard text.utf8.count <= Self.longest else {
            throw MediaError(.refused, "an address must not be longer than \(Self.longest) bytes")
        }
        let hasControls = [text, user ?? "", password ?? ""].contains { part in
            part.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        }
        guard !hasControls else {
            throw MediaError(.refused, "an address, its user and its password must not hold control characters")
        }
        if let path = Self.localPath(text) {
            guard user == nil, password == nil else {
                throw MediaError(.refused, "a \(path.kind) address takes neither user nor password")
            }
            (kind, target, network, passphrase) = (path.kind, path.path, nil, nil)
            redacted = "\(path.kind):\(path.path)"
            return
        }
        let parts = try AddressParts(text)
        kind = try parts.kind
        let user = user ?? parts.user
        let password = password ?? parts.password
        redacted = parts.prefix + parts.scheme + "://" + parts.authority + parts.redactedPath + parts.redactedQuery
        let credentials = try Credentials(user: user, password: password).form(for: kind)
        passphrase = credentials.passphrase
        let network = NetworkTarget(
            scheme: parts.scheme, credentials: credentials.prefix, authority: parts.authority, path: parts.path,
            query: parts.query)
        self.network = network
        target = network.text
    }

    /// Whether it has a user or a password.
    var hasCredentials: Bool { passphrase != nil || network?.credentials.isEmpty == false }

    /// FFmpeg keeps addresses in buffers of 4096 bytes, and their paths in 1024.
    static let longest = 1000

    private static func localPath(_ text: String) -> (kind: Kind, path: String)? {
        if text.hasPrefix("/dev/video") { return (.v4l2, text) }
        for kind in [Kind.v4l2, .loop] where text.hasPrefix("\(kind):") && text.utf8.count > kind.rawValue.count + 1 {
            return (kind, String(text.dropFirst(kind.rawValue.count + 1)))
        }
        return nil
    }
}

extension StreamAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { redacted }
    public var debugDescription: String { redacted }
    public var customMirror: Mirror { Mirror(self, children: ["shown": redacted]) }
}

/// A network address divided into the parts that a relay changes. It may contain a password.
struct NetworkTarget: Sendable, Hashable {
    let scheme: String
    /// `user:password@`, or nothing.
    let credentials: String
    /// Host and port.
    let authority: String
    let path: String
    let query: String

    var text: String { "\(scheme)://\(credentials)\(authority)\(path)\(query)" }

    /// The corresponding scheme without TLS, and the default port of the scheme with TLS; nil for schemes without TLS.
    private var plain: (scheme: String, port: UInt16)? {
        switch scheme {
        case "rtsps": ("rtsp", 322)
        case "https": ("http", 443)
        case "rtmps": ("rtmp", 443)
        default: nil
        }
    }

    var isSecure: Bool { plain != nil }

    /// The host and port to which a relay connects; nil for addresses without TLS.
    var secureHost: (host: String, port: UInt16)? {
        guard let plain else { return nil }
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let port = authority[authority.index(after: end)...].dropFirst()
            return (String(authority[authority.index(after: authority.startIndex)..<end]), UInt16(port) ?? plain.port)
        }
        guard let colon = authority.lastIndex(of: ":") else { return (authority, plain.port) }
        return (String(authority[..<colon]), UInt16(authority[authority.index(after: colon)...]) ?? plain.port)
    }

    /// The address through a relay that listens on a port of this machine.
    func through(_ relay: TLSRelay) -> String {
        "\(plain?.scheme ?? scheme)://\(credentials)127.0.0.1:\(relay.port)\(path)\(query)"
    }

    /// RTMP's application name, extracted from the path as FFmpeg does.
    var application: String {
        path.split(separator: "/").dropLast().prefix(2).joined(separator: "/")
    }
}
