/// What an input may cost and contain. Input is hostile: everything it can make grow has a bound here.
public struct InputOptions: Sendable, Hashable {
    /// FFmpeg protocols that may be opened, by the input itself and by anything it refers to.
    public var protocols: [String] = ["file"]
    /// FFmpeg demuxers that may be used. None of these opens another file or address.
    public var containers: [String] = Self.selfContainedContainers
    /// Pixels of the largest frame: 8K with its coded padding.
    public var maximumPixels = 8192 * 4352
    /// Streams of one file.
    public var maximumStreams = 64
    /// Bytes read to recognise the container and its streams.
    public var probeBytes = 5 << 20
    /// Media time read to recognise the streams, in seconds.
    public var probeDuration = 10.0
    /// Seconds until opening is given up; nil waits for ever.
    public var openTimeout: Double? = 60
    /// Seconds until a read that brings nothing is given up; nil waits for ever.
    public var readTimeout: Double? = 60
    /// Damaged packets (or failed reads) in a row until the rest of the source is given up.
    public var maximumDamagedRun = 2000
    /// Compressed bytes of sound and subtitles that may come before the first frame.
    public var maximumBytesBeforeFrame = 64 << 20
    /// Seconds between two frames above which their time stamps count as broken.
    public var maximumGap = 600.0
    /// Threads of the video decoder; nil chooses by frame size, see `VideoFileSource`.
    public var decoderThreads: Int?
    /// Index of the stream to show; nil chooses.
    public var videoStream: Int?
    /// What shows where frames are transparent.
    public var background = BackgroundColor.black

    public init() {}

    /// Demuxers of files that carry their own media. Playlists (hls, dash, concat, imf), image sequences (image2),
    /// devices, scripts and session descriptions are absent on purpose.
    public static let selfContainedContainers = [
        "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg", "mpegvideo", "gif", "flv", "live_flv",
        "asf", "asf_o", "ogg", "mxf", "nut", "ivf", "obu", "av1", "h264", "hevc", "h263", "m4v", "vc1", "vc1test",
        "mjpeg", "yuv4mpegpipe", "rm", "wtv", "dv", "swf", "apng", "roq", "smk", "bink", "flic", "film_cpk", "gxf",
        "lvf", "mpegtsraw", "mv", "nuv", "pva", "rawvideo", "avs2", "avs3", "cavsvideo", "dirac", "dnxhd", "jpeg_pipe",
        "png_pipe", "bmp_pipe", "webp_pipe", "gif_pipe",
    ]

    /// Demuxers of subtitles that AVI carries as files of their own.
    static let embeddedContainers = ["srt", "ass"]

    /// Demuxers that follow references to other files or addresses, for the message that refuses them.
    static let referringContainers: Set<String> = [
        "hls", "dash", "concat", "imf", "image2", "sdp", "rtsp", "webm_dash_manifest", "mlv", "lavfi",
    ]
}
