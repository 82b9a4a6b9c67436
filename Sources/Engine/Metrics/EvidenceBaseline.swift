import Glibc

/// What stands in for a pixel that is taken away.
public enum EvidenceBaseline: String, Sendable, CaseIterable, Codable {
    /// A black picture; for optical flow, no motion.
    case black
    /// The clip's mean colour.
    case mean
    /// Each frame blurred: Gaussian, σ a twentieth of the picture's short side, cut at 3 σ, edges repeated.
    case blurred

    /// The whole clip taken away, `[T, H, W, C]`.
    func clip(of session: EngineSession) -> [Float] {
        let clip = session.clip()
        let shape = session.shape
        switch self {
        case .black:
            let manifest = session.model.manifest
            return [Float](repeating: manifest.inputChannels == 2 ? 0 : manifest.inputOffset, count: clip.count)
        case .mean:
            var sums = [Double](repeating: 0, count: shape.channels)
            for (index, value) in clip.enumerated() { sums[index % shape.channels] += Double(value) }
            let means = sums.map { Float($0 / Double(clip.count / shape.channels)) }
            return clip.indices.map { means[$0 % shape.channels] }
        case .blurred:
            let weights = Self.weights(deviation: Double(min(shape.height, shape.width)) / 20)
            let rows = Self.blurred(
                clip, lines: shape.frames * shape.height, count: shape.width, stride: shape.channels, weights)
            // A column's neighbours lie a row apart.
            return Self.blurred(
                rows, lines: shape.frames, count: shape.height, stride: shape.width * shape.channels, weights)
        }
    }

    /// Of the middle and its neighbours on one side; with both sides they sum to 1.
    static func weights(deviation: Double) -> [Float] {
        let powers = (0...Int((3 * deviation).rounded(.up))).map { distance in
            exp(-Double(distance * distance) / (2 * deviation * deviation))
        }
        let sum = 2 * powers.reduce(0, +) - powers[0]
        return powers.map { Float($0 / sum) }
    }

    /// Blurs along one axis: `lines` runs of `count` elements of `stride` values each.
    private static func blurred(
        _ values: [Float], lines: Int, count: Int, stride: Int, _ weights: [Float]
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: values.count) { result, initializedCount in
            values.withUnsafeBufferPointer { values in
                for line in 0..<lines {
                    let base = line * count * stride
                    for position in 0..<count {
                        let target = base + position * stride
                        for value in 0..<stride { result[target + value] = values[target + value] * weights[0] }
                        for distance in 1..<weights.count {
                            let before = base + max(position - distance, 0) * stride
                            let after = base + min(position + distance, count - 1) * stride
                            let weight = weights[distance]
                            for value in 0..<stride {
                                result[target + value] += (values[before + value] + values[after + value]) * weight
                            }
                        }
                    }
                }
            }
            initializedCount = values.count
        }
    }
}
