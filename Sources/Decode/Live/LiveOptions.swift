/// How long a live stream is waited for, and what it may cost.
public struct LiveOptions: Sendable, Hashable {
    public enum Transport: String, Sendable, CaseIterable { case tcp, udp }

    /// What tells when a picture was taken.
    public enum Stamps: String, Sendable, CaseIterable {
        /// The source's time stamps.
        case source
        /// When it arrives, for sources whose stamps are wrong.
        case arrival
    }

    /// What RTSP sends pictures over.
    public var transport = Transport.tcp
    public var stamps = Stamps.source
    /// How a server proves who it is: `rtsps://`, `https://` and `rtmps://`.
    public var trust = TLSTrust.verified(authorities: nil)
    /// Seconds for connecting, recognising and the first picture together.
    public var openTimeout = 20.0
    /// Seconds without a picture after which the stream has stalled; nil takes 50 pictures' time, within 5 and 60 s.
    public var stallTimeout: Double?
    /// Seconds between two pictures' time stamps above which a gap is noted; nil takes 10 pictures' time, at least 1 s.
    public var maximumGap: Double?
    /// Bounds. Protocols and containers follow from the address instead, time-outs from the above.
    public var input = InputOptions.live

    public init() {}

    /// - Parameter frameRate: in hertz; 0 if unknown.
    func stallTime(frameRate: Double) -> Double {
        stallTimeout ?? min(60, max(5, frameRate > 0 ? 50 / frameRate : 0))
    }

    func gapTime(frameRate: Double) -> Double {
        maximumGap ?? max(1, frameRate > 0 ? 10 / frameRate : 0)
    }
}

extension InputOptions {
    /// For live streams: little probing, so that the first picture comes soon, and less patience with damage.
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
