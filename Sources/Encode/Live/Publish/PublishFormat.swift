import CFFmpeg

/// How a kind of address is written by FFmpeg.
struct PublishFormat {
    /// FFmpeg's name of the muxer.
    let muxer: String
    /// By whose rules sound becomes a track.
    let container: OutputContainer
    /// What sound goes as it is, where there is less than the container takes; other sound becomes AAC.
    let soundCodecs: [AVCodecID]?
    /// What warnings call it.
    let holder: String
    /// Whether the codec's headers have to be repeated at key frames for receivers that join late. RTMP sends them once, and
    /// servers keep them.
    let repeatsHeaders: Bool
    let options: [(String, String)]
    /// Seconds after which its time stamps, 31 bits of milliseconds, would run over.
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
                // No number twice, whatever a player remembers of the last run.
                ("hls_start_number_source", "epoch"),
            ]
            longestConnection = .infinity
        }
    }
}
