/// What an occluder puts in the place of what it covers.
public enum OccluderFill: String, Sendable, CaseIterable, Codable {
    /// Samples of the byte 0; of optical flow, where nothing moves.
    case black
    /// Each channel's mean over the clip.
    case mean
    /// The frame itself, blurred by a Gaussian of a tenth of its shorter edge.
    case blurred

    /// The clip covered as a whole, `[T, H, W, C]`, in the network's range.
    func values(of clip: [Float], in session: EngineSession) -> [Float] {
        let shape = session.shape
        switch self {
        case .black:
            let manifest = session.model.manifest
            return [Float](repeating: manifest.inputChannels == 2 ? 0 : manifest.inputOffset, count: clip.count)
        case .mean:
            var sums = [Double](repeating: 0, count: shape.channels)
            for (index, value) in clip.enumerated() { sums[index % shape.channels] += Double(value) }
            let means = sums.map { Float($0 * Double(shape.channels) / Double(clip.count)) }
            return clip.indices.map { means[$0 % shape.channels] }
        case .blurred:
            let sigma = 0.1 * Double(min(shape.height, shape.width))
            return PlaneBlur(height: shape.height, width: shape.width, channels: shape.channels, sigma: sigma)
                .blurred(clip, pool: session.pool)
        }
    }
}
