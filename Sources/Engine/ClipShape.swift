/// The size of the network's input `[T, H, W, C]`: frames outermost, channels innermost.
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

    /// The number of elements in one frame.
    public var elementsPerFrame: Int { height * width * channels }
    /// The number of elements in the clip.
    public var count: Int { frames * elementsPerFrame }
}

extension ClipShape {
    /// - Throws: `invalidRequest` if clips of this size do not fit `model`; `tooLarge` if they are too large for any
    ///   machine.
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
        // A clip of that many elements is a mistake.
        let limit = 1 << 31
        let elements = [frames, height, width, channels].reduce(1) { product, factor in
            product >= limit || factor >= limit ? limit : product * factor
        }
        guard elements < limit else {
            throw ModelError(
                .tooLarge,
                "the clip of \(frames.counted("frame")) of \(width)x\(height) is too large")
        }
    }
}
