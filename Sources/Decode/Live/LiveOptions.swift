import Media

/// Time limits and other limits for a live stream.
public struct LiveOptions: Sendable, Hashable {
    /// The transport of RTSP.
    public enum Transport: String, Sendable, CaseIterable {
        /// TCP or, if the server refuses it, UDP and then multicast.
        case automatic
        /// Interleaved in the RTSP connection.
        case tcp
        case udp
        /// UDP to a multicast group that the server names.
        case multicast
    }

    /// The origin of a frame's time.
    public enum Stamps: String, Sendable, CaseIterable {
        /// The source's time stamps.
        case source
        /// The frame's arrival, for sources whose time stamps are wrong.
        case arrival
    }

    public var transport = Transport.automatic
    /// Seconds between two requests of a snapshot address.
    public var snapshotInterval = 1.0
    public var stamps = Stamps.source
    /// How a server of `rtsps://`, `https://` or `rtmps://` must authenticate itself.
    public var trust = TLSTrust.verified(authorities: nil)
    /// The time limit in seconds for connecting, recognising the stream and decoding the first frame together.
    public var openTimeout = 20.0
    /// The seconds without a frame after which the stream counts as stalled; nil for the duration of 50 frames, within
    /// 5 and 60 s.
    public var stallTimeout: Double?
    /// The seconds between two frames' time stamps above which there is a gap; nil for the duration of 10 frames, at
    /// least 1 s.
    public var maximumGap: Double?
    /// Limits of the input. Its protocols, containers and time limits are not used: they follow from the address and
    /// the properties above.
    public var input = InputOptions.live

    public init() {}

    /// - Parameter frameRate: in hertz; 0 if unknown.
    /// For a snapshot address, whose `snapshotInterval` is known, `frameRate` is 0.
    func stallTime(frameRate: Double, isSnapshot: Bool = false) -> Double {
        let slowest = isSnapshot ? 3 * snapshotInterval : frameRate > 0 ? 50 / frameRate : 0
        return stallTimeout ?? (isSnapshot ? max(5, slowest) : min(60, max(5, slowest)))
    }

    func gapTime(frameRate: Double) -> Double {
        maximumGap ?? max(1, frameRate > 0 ? 10 / frameRate : 0)
    }
}

extension InputOptions {
    /// Options for live streams: little probing, so that the first frame appears soon, and less tolerance of damage.
    public static var live: InputOptions {
        var options = InputOptions()
        options.maximumStreams = 16
        options.probeBytes = 2 << 20
        options.probeDuration = 2
        options.maximumDamagedRun = 500
        options.maximumGap = 60
        return options
    }

    /// Demuxers of streams that contain their media: those of files, and multipart MJPEG as sent by web cameras.
    static let streamedContainers =
        selfContainedContainers.filter { !$0.hasSuffix("_pipe") && $0 != "rawvideo" } + ["mpjpeg"]
}
