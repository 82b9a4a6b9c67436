/// A clip without information: the start of paths, and the replacement for covered boxes and removed pixels.
public enum ClipBaseline: String, Sendable, CaseIterable, Codable {
    /// Samples of the byte 0; for optical flow, no motion.
    case black
    /// Every sample is its channel's mean over the clip.
    case mean
    /// Every frame is blurred by a Gaussian of a tenth of its shorter edge.
    case blurred
    /// The first frame, repeated, so that changes are explained.
    case firstFrame = "first-frame"

    /// The baseline of `clip`, `[T, H, W, C]`, in the network's range.
    func values(of clip: [Float], in session: EngineSession) -> [Float] {
        let shape = session.shape
        switch self {
        case .black:
            let manifest = session.model.manifest
            return [Float](repeating: manifest.inputChannels == 2 ? 0 : manifest.inputOffset, count: clip.count)
        case .mean:
            var sums = [Double](repeating: 0, count: shape.channels)
            for (index, value) in clip.enumerated() { sums[index % shape.channels] += Double(value) }
            let samples = Double(clip.count / shape.channels)
            return clip.indices.map { Float(sums[$0 % shape.channels] / samples) }
        case .blurred:
            return ClipBlur(shape: shape, pool: session.pool, axis: .space, edge: .reflected).blurred(
                clip, sigma: 0.1 * Double(min(shape.height, shape.width)))
        case .firstFrame:
            return clip.indices.map { clip[$0 % shape.elementsPerFrame] }
        }
    }
}
