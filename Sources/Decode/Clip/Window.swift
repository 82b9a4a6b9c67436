import Glibc

/// T consecutive samples of a video at the model's frame rate: the input of one pass through the network.
public struct Window: Sendable {
    /// The window's number in its source, from 0.
    public var index: Int
    /// The number of its first sample; sample k of a source lies at `k / rate` seconds (or is the k-th frame, at the native rate).
    public var firstSample: Int
    /// T frames; samples of the same source frame share one object.
    public var frames: [ClipFrame]
    /// The time of each of the T samples in seconds since the source's first frame.
    public var times: [Double]
    /// The number of frames at the end that repeat the last real one because the source ended.
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
    /// Whether the network's input is the same in both windows, frame by frame; then its answer and all maps are the
    /// same.
    public func hasSameInput(as other: Window) -> Bool {
        frames.count == other.frames.count && zip(frames, other.frames).allSatisfy { $0.hasSameInput(as: $1) }
    }
}

/// One frame as input of the network: upright, resized, cropped, interleaved channels `[H, W, C]`.
///
/// Shared by all windows that cover it, never copied.
public final class ClipFrame: Sendable {
    public enum Pixels: Sendable {
        /// 8-bit samples, 0…255.
        case bytes([UInt8])
        /// Samples already in the network's own range (optical flow from an array file).
        case floats([Float])
    }

    public let pixels: Pixels
    public let width: Int
    public let height: Int
    public let channels: Int
    /// The index of the source frame it was made from.
    public let sourceIndex: Int
    /// The source frame's time in seconds since the first frame.
    public let sourceTime: Double
    /// Whether the decoder had to conceal missing or damaged parts of it.
    public let isCorrupt: Bool

    public init(
        pixels: Pixels, width: Int, height: Int, channels: Int, sourceIndex: Int, sourceTime: Double, isCorrupt: Bool
    ) {
        self.pixels = pixels
        self.width = width
        self.height = height
        self.channels = channels
        self.sourceIndex = sourceIndex
        self.sourceTime = sourceTime
        self.isCorrupt = isCorrupt
    }
}

extension ClipFrame {
    /// Whether the network's input is the same in both: the same object, or equal samples.
    func hasSameInput(as other: ClipFrame) -> Bool {
        if self === other { return true }
        guard width == other.width, height == other.height, channels == other.channels else { return false }
        return switch (pixels, other.pixels) {
        case (.bytes(let first), .bytes(let second)):
            first.withUnsafeBytes { first in second.withUnsafeBytes { first.hasBytes(of: $0) } }
        case (.floats(let first), .floats(let second)):
            first.withUnsafeBytes { first in second.withUnsafeBytes { first.hasBytes(of: $0) } }
        default: false
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func hasBytes(of other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let first = baseAddress, let second = other.baseAddress else {
            return count == other.count
        }
        return memcmp(first, second, count) == 0
    }
}
