/// The progress of a job.
public struct JobProgress: Sendable, Codable, Equatable {
    /// The number of source frames written (or read, if nothing is written).
    public var frames: Int
    /// The source's frame count that its container states; nil if it states none.
    public var totalFrames: Int?
    /// Windows that went through the network.
    public var windows: Int
    /// The finished seconds of the source.
    public var mediaSeconds: Double
    /// Seconds since the job began.
    public var elapsedSeconds: Double
    /// The current activity if it takes long: "window 3 of 9: guided-ig 40 %"; otherwise nil.
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

    /// Finished frames per second.
    public var framesPerSecond: Double {
        elapsedSeconds > 0 ? Double(frames) / elapsedSeconds : 0
    }

    /// Seconds of video per second; 1 is real time.
    public var speed: Double {
        elapsedSeconds > 0 ? mediaSeconds / elapsedSeconds : 0
    }

    /// 0…1, or nil if the source's length is unknown.
    public var fraction: Double? {
        guard let totalFrames, totalFrames > 0 else { return nil }
        return min(1, Double(frames) / Double(totalFrames))
    }

    /// The estimated remaining seconds; nil before the first frame and if the length is unknown.
    public var remainingSeconds: Double? {
        guard let fraction, fraction > 0 else { return nil }
        return elapsedSeconds * (1 - fraction) / fraction
    }
}
