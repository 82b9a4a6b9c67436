/// At which moments a source's pictures become samples of a clip.
public enum FrameRate: Sendable, Hashable {
    /// Every picture once.
    case native
    /// Sample k lies at k / rate seconds and shows the last picture not later than that.
    case framesPerSecond(Double)
}
