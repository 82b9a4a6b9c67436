import Media

/// A user and a password for the address that is passed to FFmpeg. No error message contains them.
struct Credentials {
    let user: String?
    let password: String?

    /// The form in which they are passed to FFmpeg.
    struct Form {
        /// The prefix of the host: "user:password@", or empty.
        var prefix = ""
        var passphrase: String?
    }

    func form(for kind: StreamAddress.Kind) throws(MediaError) -> Form {
        guard user != nil || password != nil else { return Form() }
        guard ![user, password].contains(where: { $0?.utf8.contains { $0 < 0x20 || $0 == 0x7F } ?? false }) else {
            throw MediaError(.refused, "user and password must not hold control characters")
        }
        switch kind {
        case .srt:
            guard user == nil else {
                throw MediaError(.refused, "SRT has no user; set the stream with streamid in the address")
            }
            guard let password, (10...79).contains(password.utf8.count) else {
                throw MediaError(.refused, "an SRT passphrase has 10 to 79 bytes")
            }
            return Form(passphrase: password)
        case .udp, .v4l2, .loop:
            throw MediaError(.refused, "a \(kind) address takes neither user nor password")
        case .rtsp, .http, .hls, .snapshot, .rtmp:
            // The password begins after the first colon.
            guard user?.contains(":") != true else { throw MediaError(.refused, "a user must not hold a colon") }
            return Form(prefix: try (kind == .rtmp ? rtmpPrefix : encodedPrefix(longest: kind == .rtsp ? 127 : 1000)))
        }
    }

    private func encodedPrefix(longest: Int) throws(MediaError) -> String {
        let text = PercentEncoding.encoded(user ?? "") + (password.map { ":" + PercentEncoding.encoded($0) } ?? "")
        guard text.utf8.count <= longest else {
            throw MediaError(
                .refused, "user and password are too long: FFmpeg takes \(longest) bytes, percent-encoded")
        }
        return text + "@"
    }

    /// FFmpeg's RTMP uses user and password from the address without decoding them.
    private var rtmpPrefix: String {
        get throws(MediaError) {
            let parts = [user ?? "", password ?? ""]
            guard parts.allSatisfy({ part in !part.contains { "/?#".contains($0) } }) else {
                throw MediaError(.refused, "FFmpeg's RTMP takes no user or password that holds one of / ? #")
            }
            guard parts.allSatisfy({ $0.utf8.count < 50 }) else {
                throw MediaError(.refused, "FFmpeg's RTMP takes user and password of at most 49 bytes")
            }
            return parts[0] + (password.map { ":" + $0 } ?? "") + "@"
        }
    }
}
