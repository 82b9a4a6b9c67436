import Media

extension StreamAddress {
    /// The request with which FFmpeg opens the address: the protocols allowed for each kind, and options for low
    /// latency.
    ///
    /// FFmpeg's own time-outs are only a second safeguard after the interrupt's deadline. `nobuffer` is not set,
    /// because it discards the frames that probing has read, including the first key frame; `discardcorrupt` is not set
    /// either, because it hides damage.
    ///
    /// - Parameter relay: the relay through which the connection passes; nil if FFmpeg connects directly.
    func request(_ options: LiveOptions, by relay: TLSRelay? = nil) -> InputRequest {
        var request = InputRequest(
            url: relay.flatMap { network?.through($0) } ?? target, name: redacted, protocols: [],
            containers: InputOptions.streamedContainers,
            options: options.input)
        let longest = max(options.openTimeout, options.stallTime(frameRate: 0, isSnapshot: kind == .snapshot), 1)
        let timeout = String(Int64(min(3600, longest) * 1e6))
        switch kind {
        case .rtsp:
            request.format = "rtsp"
            request.containers = ["rtsp"]
            request.protocols = ["rtsp", "rtsps", "rtp", "srtp", "udp", "tcp", "tls"]
            let transport = transport(options)
            request.settings = ["timeout": timeout, "allowed_media_types": "video+audio"]
            switch transport {
            case .automatic, .tcp:
                request.settings["rtsp_transport"] = "tcp"
                // TCP delivers packets in order.
                request.settings["reorder_queue_size"] = "0"
            case .udp, .multicast:
                request.settings["rtsp_transport"] = transport == .udp ? "udp" : "udp_multicast"
                request.settings["buffer_size"] = Self.socketBytes
            }
        case .rtmp:
            request.protocols = ["rtmp", "rtmps", "tcp", "tls"]
            // "timeout" would make FFmpeg listen for a connection.
            request.settings = ["rtmp_live": "live", "rw_timeout": timeout]
        case .hls:
            request.format = "hls"
            request.containers = ["hls"] + Self.segmentContainers
            request.protocols = ["http", "https", "tcp", "tls", "crypto"]
            request.settings = ["rw_timeout": timeout]
        case .http:
            request.protocols = ["http", "https", "tcp", "tls"]
            // A demuxer that can seek would read the end first.
            request.settings = ["rw_timeout": timeout, "seekable": "0"]
        case .snapshot:
            request.containers = ["mpjpeg"]
            request.protocols = ["http", "https", "tcp", "tls"]
            request.settings = ["rw_timeout": timeout, "seekable": "0"]
            request.snapshotInterval = options.snapshotInterval
        case .udp:
            request.protocols = ["udp"]
            request.settings = ["buffer_size": Self.socketBytes, "fifo_size": "65536", "overrun_nonfatal": "1"]
        case .srt:
            request.protocols = ["srt"]
            request.settings = ["timeout": timeout]
            request.settings["passphrase"] = passphrase
        case .v4l2:
            request.format = "video4linux2"
            request.containers = ["video4linux2"]
            request.isNonblocking = true
        case .loop:
            request.url = "file:" + target
            request.protocols = ["file"]
        }
        secure(&request, options.trust, relay)
        return request
    }

    /// The RTSP transports to try, one after another. With TLS only TCP is used, because other transports would not be
    /// encrypted.
    func transports(_ options: LiveOptions) -> [LiveOptions.Transport] {
        guard kind == .rtsp, network?.isSecure != true, options.transport == .automatic else {
            return [transport(options)]
        }
        return [.tcp, .udp, .multicast]
    }

    private func transport(_ options: LiveOptions) -> LiveOptions.Transport {
        network?.isSecure == true ? .tcp : options.transport
    }

    /// Sets which TLS protocols are allowed, and how certificates are verified.
    private func secure(_ request: inout InputRequest, _ trust: TLSTrust, _ relay: TLSRelay?) {
        request.relay = relay
        guard let network, relay != nil else {
            // A playlist or redirect of any address may lead to a TLS server.
            if case .verified(let authorities) = trust, kind != .rtsp, request.protocols.contains("tls") {
                request.security = ["tls_verify": "1"]
                request.security["ca_file"] = authorities
            }
            return
        }
        // Only the authenticated server, through the relay, may be reached.
        request.protocols.removeAll { ["tls", "https", "rtsps", "rtmps"].contains($0) }
        switch kind {
        case .http, .hls, .snapshot: request.settings["headers"] = "Host: \(network.authority)\r\n"
        case .rtmp:
            request.settings["rtmp_tcurl"] = "\(network.scheme)://\(network.authority)/\(network.application)"
        case .rtsp, .udp, .srt, .v4l2, .loop: break
        }
    }

    /// The relay for the connection, needed where FFmpeg cannot verify the certificate as required.
    ///
    /// - Throws: `MediaError`: `untrusted` if the server does not authenticate itself, `cannotOpen` or `cancelled`.
    func relay(_ trust: TLSTrust, interrupt: Interrupt) throws(MediaError) -> TLSRelay? {
        guard let server = network?.secureHost else { return nil }
        switch trust {
        case .any: return nil
        case .verified where kind != .rtsp: return nil
        case .verified, .fingerprint:
            return try TLSRelay(
                host: server.host, port: server.port, trust: trust, name: redacted, interrupt: interrupt)
        }
    }

    /// The exact error of a server's certificate, which FFmpeg does not report; a second connection determines it.
    func certificateError(_ trust: TLSTrust, interrupt: Interrupt) -> MediaError {
        if let server = network?.secureHost {
            do throws(MediaError) {
                _ = try TLSConnection(
                    host: server.host, port: server.port, trust: trust, name: redacted, interrupt: interrupt)
            } catch {
                return error
            }
        }
        return MediaError(.untrusted, "leads to another server, which does not prove who it is", file: redacted)
    }

    /// The size of the socket's receive buffer in bytes, large enough for the burst of a key frame.
    private static let socketBytes = String(4 << 20)

    private static let segmentContainers = [
        "mpegts", "mov,mp4,m4a,3gp,3g2,mj2", "aac", "mp3", "ac3", "eac3", "webvtt",
    ]
}
