import CFFmpeg

/// One decoded frame, upright, in its source's pixel format, with its time.
///
/// The pixels are shared by reference and never written after initialisation; drawing requires a writable copy.
public final class VideoFrame: Sendable {
    /// Borrow it for reading only.
    public let buffer: FrameBuffer
    /// The frame's number in its source, from 0, in presentation order.
    public let index: Int
    /// Presentation time stamp in ticks of the source's time base; strictly increasing from frame to frame.
    public let pts: Int64
    /// Duration in ticks of the source's time base; 0 if unknown.
    public let duration: Int64
    /// Presentation time in seconds since the source's first frame.
    public let time: Double
    /// Whether the decoder had to conceal missing or damaged parts of this frame.
    public let isCorrupt: Bool

    public init(
        buffer: consuming FrameBuffer, index: Int, pts: Int64, duration: Int64, time: Double, isCorrupt: Bool = false
    ) {
        self.buffer = buffer
        self.index = index
        self.pts = pts
        self.duration = duration
        self.time = time
        self.isCorrupt = isCorrupt
    }

    public var width: Int { Int(buffer.pointer.pointee.width) }
    public var height: Int { Int(buffer.pointer.pointee.height) }
    public var pixelFormat: AVPixelFormat { AVPixelFormat(rawValue: buffer.pointer.pointee.format) }
}

// A reference-counted frame that is not written once it is shared: `VideoFrame` exposes it for reading only.
extension FrameBuffer: @unchecked Sendable {}
