import CFFmpeg

/// The muxer and its settings for a kind of address.
struct PublishFormat {
    /// FFmpeg's name of the muxer.
    let muxer: String
    /// The container whose rules decide how sound is written.
    let container: OutputContainer
    /// The audio codecs that are copied, if these are fewer than the container supports; other sound is encoded as AAC.
    let soundCodecs: [AVCodecID]?
    /// The format's name in warnings.
    let holder: String
    /// Whether the codec's headers must be repeated at key frames for receivers that join late. RTMP sends them once,
    /// and servers store them.
    let repeatsHeaders: Bool
    let options: [(String, String)]
    /// The seconds after which a new connection is made; RTMP's time stamps, 31 bits of milliseconds, would overflow.
    let longestConnection: Double

    init(_ address: PublishAddress) {
        switch address.kind {
        case .rtmp:
            muxer = "flv"
            container = .mp4
            soundCodecs = [AV_CODEC_ID_AAC]
            holder = "RTMP streams"
            repeatsHeaders = false
            options = [("flvflags", "no_duration_filesize")]
            longestConnection = 20 * 86_400
        case .rtsp:
            muxer = "rtsp"
            container = .mp4
            soundCodecs = [AV_CODEC_ID_AAC, AV_CODEC_ID_PCM_MULAW, AV_CODEC_ID_PCM_ALAW]
            holder = "RTSP streams"
            repeatsHeaders = true
            options = [("rtsp_transport", "tcp")]
            longestConnection = .infinity
        case .packets:
            muxer = "mpegts"
            container = .ts
            soundCodecs = nil
            holder = "transport streams"
            repeatsHeaders = true
            options = []
            longestConnection = .infinity
        case .hls:
            muxer = "hls"
            container = .ts
            soundCodecs = nil
            holder = "HLS folders"
            repeatsHeaders = true
            options = [
                ("hls_time", "2"), ("hls_list_size", "6"), ("hls_flags", "delete_segments+temp_file"),
                // Segment numbers are never reused, since players may remember the previous run's.
                ("hls_start_number_source", "epoch"),
            ]
            longestConnection = .infinity
        }
    }
}
