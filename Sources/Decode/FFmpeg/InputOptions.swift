/// The limits of an input. Input is untrusted: everything that it can make grow is limited here.
public struct InputOptions: Sendable, Hashable {
    /// FFmpeg protocols that may be opened, by the input itself and by anything it refers to.
    public var protocols: [String] = ["file"]
    /// FFmpeg demuxers that may be used. None of these opens another file or address.
    public var containers: [String] = Self.selfContainedContainers
    /// The maximum number of pixels in a frame: 8K with its coded padding.
    public var maximumPixels = 8192 * 4352
    /// The maximum number of streams.
    public var maximumStreams = 64
    /// The maximum number of bytes read to recognise the container and its streams.
    public var probeBytes = 5 << 20
    /// The maximum media time read to recognise the streams, in seconds.
    public var probeDuration = 10.0
    /// The time limit for opening, in seconds; nil for none.
    public var openTimeout: Double? = 60
    /// The time limit for a read without data, in seconds; nil for none.
    public var readTimeout: Double? = 60
    /// The number of consecutive damaged packets (or failed reads) after which the rest of the source is abandoned.
    public var maximumDamagedRun = 2000
    /// The maximum number of compressed bytes of sound and subtitles before the first frame.
    public var maximumBytesBeforeFrame = 64 << 20
    /// The seconds between two frames above which their time stamps are considered broken.
    public var maximumGap = 600.0
    /// The number of threads of the video decoder; nil to choose by frame size, see `VideoFileSource`.
    public var decoderThreads: Int?
    /// The index of the stream to show; nil to choose automatically.
    public var videoStream: Int?
    /// The colour behind transparent pixels.
    public var background = BackgroundColor.black

    public init() {}

    /// Demuxers of files that contain their media. Playlists (hls, dash, concat, imf), image sequences (image2),
    /// devices, scripts and session descriptions are deliberately excluded.
    public static let selfContainedContainers = [
        "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg", "mpegvideo", "gif", "flv", "live_flv",
        "asf", "asf_o", "ogg", "mxf", "nut", "ivf", "obu", "av1", "h264", "hevc", "h263", "m4v", "vc1", "vc1test",
        "mjpeg", "yuv4mpegpipe", "rm", "wtv", "dv", "swf", "apng", "roq", "smk", "bink", "flic", "film_cpk", "gxf",
        "lvf", "mpegtsraw", "mv", "nuv", "pva", "rawvideo", "avs2", "avs3", "cavsvideo", "dirac", "dnxhd", "jpeg_pipe",
        "png_pipe", "bmp_pipe", "webp_pipe", "gif_pipe",
    ]

    /// Demuxers of subtitles that AVI embeds as complete files.
    static let embeddedContainers = ["srt", "ass"]

    /// Demuxers that follow references to other files or addresses, for the message that refuses them.
    static let referringContainers: Set<String> = [
        "hls", "dash", "concat", "imf", "image2", "sdp", "rtsp", "webm_dash_manifest", "mlv", "lavfi",
    ]
}
