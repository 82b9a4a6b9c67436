import Media

/// The parts of a network address, parsed more strictly than by FFmpeg: an ambiguous address is refused, because a
/// parser that splits it differently could show part of the password as part of the host or path.
struct AddressParts {
    /// `snapshot+`, or nothing.
    let prefix: String
    /// In lower case, without the prefix.
    let scheme: String
    let user: String?
    let password: String?
    /// Host and port.
    let authority: String
    /// With its leading slash; empty if there is none.
    let path: String
    /// With its leading question mark; empty if there is none.
    let query: String

    private static let snapshotPrefix = "snapshot+"

    init(_ text: String) throws(MediaError) {
        let isSnapshot = text.prefix(Self.snapshotPrefix.count).lowercased() == Self.snapshotPrefix
        prefix = isSnapshot ? Self.snapshotPrefix : ""
        let text = text.dropFirst(prefix.count)
        guard let end = text.firstRange(of: "://"), end.lowerBound > text.startIndex,
            text[..<end.lowerBound].utf8.allSatisfy(\.isLetter)
        else {
            throw MediaError(.refused, "an address begins with one of \(Self.schemes)")
        }
        scheme = text[..<end.lowerBound].lowercased()
        guard !isSnapshot || scheme == "http" || scheme == "https" else {
            throw MediaError(.refused, "a snapshot is requested over http or https: snapshot+http://host/path")
        }
        let rest = text[end.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let tail = rest[authorityEnd...]
        guard !tail.contains("@") else {
            throw MediaError(
                .refused,
                "an address must not hold an @ after its host: in user and password, / is written %2F,"
                    + " ? %3F and # %23; elsewhere @ is written %40")
        }
        guard !tail.contains("#") else { throw MediaError(.refused, "an address must not hold a #; write %23") }
        var host = rest[..<authorityEnd]
        if let at = host.lastIndex(of: "@") {
            let credentials = host[..<at]
            host = host[host.index(after: at)...]
            let colon = credentials.firstIndex(of: ":")
            let name = PercentEncoding.decoded(credentials[..<(colon ?? credentials.endIndex)])
            user = credentials.isEmpty ? nil : name
            password = colon.map { PercentEncoding.decoded(credentials[credentials.index(after: $0)...]) }
        } else {
            (user, password) = (nil, nil)
        }
        authority = try Self.checked(host, mayBeEmpty: scheme == "udp")
        let question = tail.firstIndex(of: "?") ?? tail.endIndex
        path = PercentEncoding.encoded(tail[..<question], keeping: PercentEncoding.addressBytes)
        query = PercentEncoding.encoded(tail[question...], keeping: PercentEncoding.addressBytes)
    }

    private static let schemes =
        "rtsp://, rtsps://, rtmp://, rtmps://, http://, https://, snapshot+http://, snapshot+https://, udp://, srt://,"
        + " v4l2:, loop:"

    var kind: StreamAddress.Kind {
        get throws(MediaError) {
            switch scheme {
            case "rtsp", "rtsps": .rtsp
            case "rtmp", "rtmps": .rtmp
            case "http", "https": httpKind
            case "udp": .udp
            case "srt": .srt
            default: throw MediaError(.refused, "an address begins with one of \(Self.schemes)")
            }
        }
    }

    private var httpKind: StreamAddress.Kind {
        let path = path.lowercased()
        if !prefix.isEmpty || path.hasSuffix(".jpg") || path.hasSuffix(".jpeg") { return .snapshot }
        return path.hasSuffix(".m3u8") ? .hls : .http
    }

    /// The path; for RTMP without its last part, the stream key, with which anyone could publish.
    var redactedPath: String {
        guard scheme == "rtmp" || scheme == "rtmps" else { return path }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, parts.last?.isEmpty == false else { return path }
        return parts.dropLast().joined(separator: "/") + "/…"
    }

    /// The query with names only, because any value may be secret.
    var redactedQuery: String {
        guard !query.isEmpty else { return "" }
        let items = query.dropFirst().split(separator: "&", omittingEmptySubsequences: false).map { item in
            item.firstIndex(of: "=").map { "\(item[..<$0])=…" } ?? "…"
        }
        return "?" + items.joined(separator: "&")
    }

    /// `host`, `host:port`, `[ipv6]:port`.
    private static func checked(_ text: Substring, mayBeEmpty: Bool) throws(MediaError) -> String {
        let bytes = text.utf8
        var host = text
        var port: Substring?
        if text.first == "[", let end = text.firstIndex(of: "]") {
            host = text[...end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw badHost }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard host.dropFirst().dropLast().utf8.allSatisfy({ $0.isHexadecimal || $0 == 0x3A || $0 == 0x2E }) else {
                throw badHost
            }
        } else {
            if let colon = text.lastIndex(of: ":") {
                host = text[..<colon]
                port = text[text.index(after: colon)...]
            }
            guard host.utf8.allSatisfy({ $0.isLetter || $0.isDigit || [0x2D, 0x2E, 0x5F].contains($0) }) else {
                throw badHost
            }
        }
        guard bytes.count <= 250, mayBeEmpty || !host.isEmpty else { throw badHost }
        if let port {
            guard port.utf8.allSatisfy(\.isDigit), let number = UInt16(port), number > 0 else {
                throw MediaError(.refused, "the address's port is not a number from 1 to 65535")
            }
        }
        return String(text)
    }

    private static var badHost: MediaError {
        MediaError(.refused, "the address's host is not a name or number that can be reached")
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isHexadecimal: Bool { isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }
}
