extension StreamAddress {
    /// How FFmpeg is to open it: what each kind may reach, and the options that keep it short of breath.
    ///
    /// FFmpeg's own time-outs come second: the interrupt's deadline is the one that holds. Neither `nobuffer` is asked
    /// for, which throws away the pictures that probing has read, the first key frame among them, nor `discardcorrupt`,
    /// which hides damage.
    func request(_ options: LiveOptions) -> InputRequest {
        var request = InputRequest(
            url: target, name: shown, protocols: [], containers: InputOptions.streamedContainers,
            options: options.input)
        let patience = String(Int64(min(3600, max(options.openTimeout, options.stallTime(frameRate: 0), 1)) * 1e6))
        switch kind {
        case .rtsp:
            request.format = "rtsp"
            request.containers = ["rtsp"]
            request.protocols = ["rtsp", "rtsps", "rtp", "srtp", "udp", "tcp", "tls"]
            request.settings = [
                "rtsp_transport": options.transport.rawValue, "timeout": patience,
                "allowed_media_types": "video+audio",
            ]
            switch options.transport {
            // What TCP brings is in order.
            case .tcp: request.settings["reorder_queue_size"] = "0"
            case .udp: request.settings["buffer_size"] = Self.socketBytes
            }
        case .rtmp:
            request.protocols = ["rtmp", "rtmps", "tcp", "tls"]
            // "timeout" would make it listen.
            request.settings = ["rtmp_live": "live", "rw_timeout": patience]
        case .hls:
            request.format = "hls"
            request.containers = ["hls"] + Self.segmentContainers
            request.protocols = ["http", "https", "tcp", "tls", "crypto"]
            request.settings = ["rw_timeout": patience]
        case .http:
            request.protocols = ["http", "https", "tcp", "tls"]
            // A demuxer that could seek would look at the end first.
            request.settings = ["rw_timeout": patience, "seekable": "0"]
        case .udp:
            request.protocols = ["udp"]
            request.settings = ["buffer_size": Self.socketBytes, "fifo_size": "65536", "overrun_nonfatal": "1"]
        case .srt:
            request.protocols = ["srt"]
            request.settings = ["timeout": patience]
            request.settings["passphrase"] = passphrase
        case .v4l2:
            request.format = "video4linux2"
            request.containers = ["video4linux2"]
            request.isNonblocking = true
        case .loop:
            request.url = "file:" + target
            request.protocols = ["file"]
        }
        return request
    }

    /// Room in the kernel for the burst of a key frame.
    private static let socketBytes = String(4 << 20)

    private static let segmentContainers = [
        "mpegts", "mov,mp4,m4a,3gp,3g2,mj2", "aac", "mp3", "ac3", "eac3", "webvtt",
    ]
}
