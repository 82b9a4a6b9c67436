import Media

/// How long a live stream is waited for, and what it may cost.
public struct LiveOptions: Sendable, Hashable {
    /// What RTSP sends frames over.
    public enum Transport: String, Sendable, CaseIterable {
        /// TCP, and what the server offers instead where it refuses that: UDP, then multicast.
        case automatic
        /// In the connection itself.
        case tcp
        case udp
        /// UDP to a group that the server names.
        case multicast
    }

    /// What tells when a frame was taken.
    public enum Stamps: String, Sendable, CaseIterable {
        /// The source's time stamps.
        case source
        /// When it arrives, for sources whose stamps are wrong.
        case arrival
    }

    public var transport = Transport.automatic
    /// Seconds from one request of a snapshot address to the next.
    public var snapshotInterval = 1.0
    public var stamps = Stamps.source
    /// How a server proves who it is: `rtsps://`, `https://` and `rtmps://`.
    public var trust = TLSTrust.verified(authorities: nil)
    /// Seconds for connecting, recognising and the first frame together.
    public var openTimeout = 20.0
    /// Seconds without a frame after which the stream has stalled; nil takes 50 frames' time, within 5 and 60 s.
    public var stallTimeout: Double?
    /// Seconds between two frames' time stamps above which a gap is noted; nil takes 10 frames' time, at least 1 s.
    public var maximumGap: Double?
    /// Bounds. Protocols and containers follow from the address instead, time-outs from the above.
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
    /// For live streams: little probing, so that the first frame comes soon, and less tolerance of damage.
    public static var live: InputOptions {
        var options = InputOptions()
        options.maximumStreams = 16
        options.probeBytes = 2 << 20
        options.probeDuration = 2
        options.maximumDamagedRun = 500
        options.maximumGap = 60
        return options
    }

    /// Demuxers of streams that bring their own media. Beside files' they know MJPEG as web cameras send it.
    static let streamedContainers =
        selfContainedContainers.filter { !$0.hasSuffix("_pipe") && $0 != "rawvideo" } + ["mpjpeg"]
}
