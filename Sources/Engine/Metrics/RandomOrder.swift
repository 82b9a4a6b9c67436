/// A map without any knowledge: what a method's curves are held against.
public enum RandomOrder {
    /// Seeded, uniform, `[T, H, W]`.
    public static func map(_ shape: ClipShape, seed: UInt64) -> SaliencyMap {
        var random = SplitMix(seed: seed, stream: 1)
        return SaliencyMap(
            frames: shape.frames, height: shape.height, width: shape.width,
            values: (0..<shape.count / shape.channels).map { _ in Float(random.uniform()) })
    }
}
