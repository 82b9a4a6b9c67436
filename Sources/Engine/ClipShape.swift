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

extension ClipShape {
    /// - Throws: `invalidRequest` if a session of `model` cannot take clips of this size; `tooLarge` if no machine could.
    func check(for model: I3DModel) throws(ModelError) {
        guard channels == model.inputChannels else {
            throw ModelError(
                .invalidRequest,
                "the clip has \(channels.counted("channel")), the model takes \(model.inputChannels)")
        }
        guard frames >= 1 else {
            throw ModelError(.invalidRequest, "the clip has no frames")
        }
        guard height >= EngineSession.minimumFrameEdge, width >= EngineSession.minimumFrameEdge else {
            throw ModelError(
                .invalidRequest,
                "the frame is \(width)x\(height); the network needs at least "
                    + "\(EngineSession.minimumFrameEdge)x\(EngineSession.minimumFrameEdge)")
        }
        // So large a clip is a mistake.
        let most = 1 << 31
        let elements = [frames, height, width, channels].reduce(1) { product, factor in
            product >= most || factor >= most ? most : product * factor
        }
        guard elements < most else {
            throw ModelError(
                .tooLarge,
                "the clip of \(frames.counted("frame")) of \(width)x\(height) is too large")
        }
    }
}
