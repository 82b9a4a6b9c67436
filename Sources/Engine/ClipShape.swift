/// The size of a clip as the network sees it: `[T, H, W, C]`, channels interleaved, frames outermost.
public struct ClipShape: Sendable, Hashable {
    public var frames: Int
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(frames: Int, height: Int, width: Int, channels: Int) {
        self.frames = frames
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Elements of one frame.
    public var elementsPerFrame: Int { height * width * channels }
    /// Elements of the clip.
    public var count: Int { frames * elementsPerFrame }
}
