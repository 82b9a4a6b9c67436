import Media

/// What a live stream hands out.
public enum LiveItem: Sendable {
    case picture(LivePicture)
    /// A packet of sound or subtitles, its stamps moved by as much as the pictures' were. Around a gap they may be out of
    /// order: whoever writes them leaves such packets out.
    case packet(MediaPacket)
}

/// A picture of a live stream.
public struct LivePicture: Sendable {
    public let frame: VideoFrame
    /// When it came out of the decoder.
    public let arrival: ContinuousClock.Instant
    /// Whether more time than usual, or nobody knows how much, lies between the picture before and this one: no window
    /// may span that.
    public let followsGap: Bool
    /// Seconds that its reader had nothing to read before it came. A reader that never waits is itself what is late.
    public let waited: Double

    public init(frame: VideoFrame, arrival: ContinuousClock.Instant, followsGap: Bool, waited: Double = 0) {
        self.frame = frame
        self.arrival = arrival
        self.followsGap = followsGap
        self.waited = waited
    }
}
