/// T consecutive samples of a video at the model's frame rate: what the network sees at once.
public struct Window: Sendable {
    /// The window's number in its source, from 0.
    public var index: Int
    /// The number of its first sample; sample k of a source lies at `k / rate` seconds (or is the k-th frame, at the native rate).
    public var firstSample: Int
    /// T frames; samples that fall on one source frame share one object.
    public var frames: [ClipFrame]
    /// The time of each of the T samples in seconds since the source's first frame.
    public var times: [Double]
    /// How many of the frames at the end repeat the last real one because the source ended.
    public var paddedCount: Int
    /// Whether any frame in it was damaged.
    public var containsCorruption: Bool

    public init(
        index: Int, firstSample: Int, frames: [ClipFrame], times: [Double], paddedCount: Int, containsCorruption: Bool
    ) {
        self.index = index
        self.firstSample = firstSample
        self.frames = frames
        self.times = times
        self.paddedCount = paddedCount
        self.containsCorruption = containsCorruption
    }
}

extension Window {
    /// Whether the network sees the same in both, picture by picture: its answer and every map are the same then.
    public func looksLike(_ other: Window) -> Bool {
        frames.count == other.frames.count && zip(frames, other.frames).allSatisfy { $0.looksLike($1) }
    }
}
