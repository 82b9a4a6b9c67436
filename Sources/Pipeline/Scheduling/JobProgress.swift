/// How far a job is; a value that may be shown, logged or served.
public struct JobProgress: Sendable, Codable, Equatable {
    /// Frames of the source that are written (or, where nothing is written, read).
    public var frames: Int
    /// The source's frame count as its container states it; nil if it does not.
    public var totalFrames: Int?
    /// Windows that went through the network.
    public var windows: Int
    /// Seconds of the source that are done.
    public var mediaSeconds: Double
    /// Seconds since the job began.
    public var elapsedSeconds: Double
    /// What is computed now where that takes long: "window 3 of 9: guided-ig 40 %". Nil before, after, and where it does not.
    public var activity: String?

    public init(
        frames: Int, totalFrames: Int?, windows: Int, mediaSeconds: Double, elapsedSeconds: Double,
        activity: String? = nil
    ) {
        self.frames = frames
        self.totalFrames = totalFrames
        self.windows = windows
        self.mediaSeconds = mediaSeconds
        self.elapsedSeconds = elapsedSeconds
        self.activity = activity
    }

    /// Done frames a second.
    public var framesPerSecond: Double {
        elapsedSeconds > 0 ? Double(frames) / elapsedSeconds : 0
    }

    /// Seconds of video a second: 1 is real time.
    public var speed: Double {
        elapsedSeconds > 0 ? mediaSeconds / elapsedSeconds : 0
    }

    /// 0…1, or nil where the source does not say how long it is.
    public var fraction: Double? {
        guard let totalFrames, totalFrames > 0 else { return nil }
        return min(1, Double(frames) / Double(totalFrames))
    }

    /// Seconds that remain at the speed so far; nil before the first frame and where the length is unknown.
    public var remainingSeconds: Double? {
        guard let fraction, fraction > 0 else { return nil }
        return elapsedSeconds * (1 - fraction) / fraction
    }
}
