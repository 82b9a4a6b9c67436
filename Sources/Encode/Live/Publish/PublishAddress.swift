import Media

/// The address to which a stream is published: `rtmp://`, `rtmps://`, `rtsp://`, `udp://`, `srt://`, or the path of a
/// folder for HLS.
///
/// All its printed forms hide passwords, stream keys and the values of the query.
public struct PublishAddress: Sendable {
    enum Kind: Sendable {
        case rtmp
        case rtsp
        /// A transport stream over UDP or SRT.
        case packets
        case hls
    }

    let kind: Kind
    /// The URL including its secrets; for HLS, the folder.
    let url: String
    /// How a TLS server must authenticate itself.
    let trust: TLSTrust
    public let description: String

    /// - Parameters:
    ///   - user: for RTMP and RTSP; replaces the user in `text`.
    ///   - password: replaces the password in `text`; for SRT, the passphrase.
    /// - Throws: `MediaError.refused` for an unknown kind of address, or for credentials that it does not support.
    public init(
        _ text: String, user: String? = nil, password: String? = nil, trust: TLSTrust = .verified(authorities: nil)
    ) throws(MediaError) {
        guard let colon = text.firstRange(of: "://") else {
            try self.init(folder: text, hasCredentials: user != nil || password != nil)
            return
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        let rest = text[colon.upperBound...]
        let isStreaming = ["rtmp", "rtmps", "rtsp"].contains(scheme)
        let redacted = "\(scheme)://\(Self.redacted(rest, hidesKey: scheme.hasPrefix("rtmp")))"
        func refused(_ reason: String) -> MediaError { MediaError(.refused, reason, file: redacted) }
        guard isStreaming || scheme == "udp" || scheme == "srt" else {
            throw refused("streams are sent on by rtmp, rtmps, rtsp, udp, srt, or into a folder")
        }
        guard let first = rest.first, first != "/" else { throw refused("names no host") }
        // A control character could inject a line into a protocol.
        guard !(text + (user ?? "") + (password ?? "")).unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw refused("holds a control character")
        }
        var address = String(rest)
        if user != nil || password != nil {
            switch scheme {
            case "rtsp":
                address = Self.with("\(Self.encoded(user ?? "")):\(Self.encoded(password ?? ""))", in: rest)
            case "rtmp", "rtmps":
                // FFmpeg does not decode these.
                let isPlain =
                    !(user ?? "").contains { ":/?#@".contains($0) } && !(password ?? "").contains { "/?#".contains($0) }
                guard isPlain else { throw refused("RTMP takes no user or password with one of : / ? # @ in it") }
                address = Self.with("\(user ?? ""):\(password ?? "")", in: rest)
            case "srt" where user == nil:
                address += (address.contains("?") ? "&" : "?") + "passphrase=\(Self.encoded(password ?? ""))"
            default:
                throw refused("takes no user\(scheme == "srt" ? "" : " or password")")
            }
        }
        // Seven whole packets of a transport stream, below Ethernet's MTU.
        if scheme == "udp", !address.contains("pkt_size=") {
            address += (address.contains("?") ? "&" : "?") + "pkt_size=1316"
        }
        self.init(
            kind: scheme == "rtsp" ? .rtsp : isStreaming ? .rtmp : .packets, url: "\(scheme)://\(address)",
            trust: trust, description: redacted)
    }

    private init(kind: Kind, url: String, trust: TLSTrust, description: String) {
        self.kind = kind
        self.url = url
        self.trust = trust
        self.description = description
    }

    private init(folder: String, hasCredentials: Bool) throws(MediaError) {
        guard !folder.isEmpty else { throw MediaError(.refused, "an address for the stream is missing") }
        guard !hasCredentials else { throw MediaError(.refused, "a folder takes no user or password", file: folder) }
        self.init(kind: .hls, url: folder, trust: .any, description: folder)
    }

    private static func with(_ credentials: String, in rest: Substring) -> String {
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let host = rest[..<end].lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        return "\(credentials)@\(host)"
    }

    /// The part after the scheme, without its secrets.
    ///
    /// - Parameter hidesKey: whether the last part of the path is a secret: RTMP's stream key.
    private static func redacted(_ rest: Substring, hidesKey: Bool) -> String {
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        // Removes everything up to the last "@", because a password may contain another one, or a slash.
        let plain = rest[..<question]
        var redacted = String(plain.lastIndex(of: "@").map { plain[plain.index(after: $0)...] } ?? plain)
        if hidesKey {
            var parts = redacted.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if parts.count > 2 {
                parts[parts.count - 1] = "***"
                redacted = parts.joined(separator: "/")
            }
        }
        guard question != rest.endIndex else { return redacted }
        let query = rest[rest.index(after: question)...]
        // An "@" here would be the end of a password that contains a question mark.
        guard !query.contains("@") else { return "***" }
        let keys = query.split(separator: "&").map { pair in
            pair.firstIndex(of: "=").map { "\(pair[..<$0])=***" } ?? "***"
        }
        return "\(redacted)?\(keys.joined(separator: "&"))"
    }

    /// Percent-encodes everything except letters, digits and "-._~".
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let scalar = UnicodeScalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-._~".unicodeScalars.contains(scalar)
            {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }
}

extension PublishAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
