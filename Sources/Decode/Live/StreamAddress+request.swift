import Media

extension StreamAddress {
    /// How FFmpeg is to open it: what each kind may reach, and the options that keep it short of breath.
    ///
    /// FFmpeg's own time-outs come second: the interrupt's deadline is the one that holds. Neither `nobuffer` is asked
    /// for, which throws away the frames that probing has read, the first key frame among them, nor `discardcorrupt`,
    /// which hides damage.
    ///
    /// - Parameter relay: which the connection passes by; nil where FFmpeg makes it itself.
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
                // What TCP brings is in order.
                request.settings["reorder_queue_size"] = "0"
            case .udp, .multicast:
                request.settings["rtsp_transport"] = transport == .udp ? "udp" : "udp_multicast"
                request.settings["buffer_size"] = Self.socketBytes
            }
        case .rtmp:
            request.protocols = ["rtmp", "rtmps", "tcp", "tls"]
            // "timeout" would make it listen.
            request.settings = ["rtmp_live": "live", "rw_timeout": timeout]
        case .hls:
            request.format = "hls"
            request.containers = ["hls"] + Self.segmentContainers
            request.protocols = ["http", "https", "tcp", "tls", "crypto"]
            request.settings = ["rw_timeout": timeout]
        case .http:
            request.protocols = ["http", "https", "tcp", "tls"]
            // A demuxer that could seek would look at the end first.
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

    /// The transports of RTSP to try, one after another: beside TLS frames would go unprotected.
    func transports(_ options: LiveOptions) -> [LiveOptions.Transport] {
        guard kind == .rtsp, network?.isSecure != true, options.transport == .automatic else {
            return [transport(options)]
        }
        return [.tcp, .udp, .multicast]
    }

    private func transport(_ options: LiveOptions) -> LiveOptions.Transport {
        network?.isSecure == true ? .tcp : options.transport
    }

    /// What may be reached by TLS, and how it is checked.
    private func secure(_ request: inout InputRequest, _ trust: TLSTrust, _ relay: TLSRelay?) {
        request.relay = relay
        guard let network, relay != nil else {
            // A playlist or a redirection may lead to it from anywhere.
            if case .verified(let authorities) = trust, kind != .rtsp, request.protocols.contains("tls") {
                request.security = ["tls_verify": "1"]
                request.security["ca_file"] = authorities
            }
            return
        }
        // Only the server that has proved who it is.
        request.protocols.removeAll { ["tls", "https", "rtsps", "rtmps"].contains($0) }
        switch kind {
        case .http, .hls, .snapshot: request.settings["headers"] = "Host: \(network.authority)\r\n"
        case .rtmp:
            request.settings["rtmp_tcurl"] = "\(network.scheme)://\(network.authority)/\(network.application)"
        case .rtsp, .udp, .srt, .v4l2, .loop: break
        }
    }

    /// The relay that a connection passes by: where FFmpeg cannot check the certificate itself as it is demanded.
    ///
    /// - Throws: `MediaError`: `untrusted` if the server does not prove who it is, `cannotOpen` or `cancelled`.
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

    /// What is wrong with a server's certificate, where FFmpeg says no more than that something is: another connection finds
    /// it out.
    func doubt(_ trust: TLSTrust, interrupt: Interrupt) -> MediaError {
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

    /// Room in the kernel for the burst of a key frame.
    private static let socketBytes = String(4 << 20)

    private static let segmentContainers = [
        "mpegts", "mov,mp4,m4a,3gp,3g2,mj2", "aac", "mp3", "ac3", "eac3", "webvtt",
    ]
}
