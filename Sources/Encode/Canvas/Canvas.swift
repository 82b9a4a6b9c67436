import CFFmpeg
import Media

/// A frame of the output video, passed from the converter through the painters to the encoder.
///
/// It shares the source's pixels until something is drawn on it.
public struct Canvas: ~Copyable, Sendable {
    public let format: CanvasFormat
    /// Presentation time stamp and duration (0 if unknown) in ticks of the source's time base.
    public let pts: Int64
    public let duration: Int64
    let buffer: FrameBuffer

    init(buffer: consuming FrameBuffer, format: CanvasFormat, pts: Int64, duration: Int64) {
        self.buffer = buffer
        self.format = format
        self.pts = pts
        self.duration = duration
    }

    /// A canvas with its own, uninitialised pixels.
    init(blank format: CanvasFormat, pts: Int64, duration: Int64) throws(MediaError) {
        let buffer = try FrameBuffer.allocate(width: format.width, height: format.height, format: format.pixelFormat)
        self.init(buffer: buffer, format: format, pts: pts, duration: duration)
    }

    /// Another canvas with the same pixels, which are copied only when something is drawn on either.
    public func reference() throws(MediaError) -> Canvas {
        Canvas(buffer: try buffer.reference(), format: format, pts: pts, duration: duration)
    }

    /// Makes the pixels exclusive to this canvas: copies them if there are other references, and does nothing
    /// otherwise.
    func makeWritable() throws(MediaError) {
        let status = av_frame_make_writable(buffer.pointer)
        guard status >= 0 else {
            throw MediaError(.damaged, "no memory for a frame", underlyingCode: status)
        }
    }

    /// Gives `body` access to one plane (0: luma, 1 and 2: chroma) for drawing.
    func withPlane<Result>(_ index: Int, _ body: (PlanePixels) -> Result) -> Result? {
        let isChroma = index > 0 && format.isSubsampled
        let (data, stride) =
            switch index {
            case 0: (buffer.pointer.pointee.data.0, buffer.pointer.pointee.linesize.0)
            case 1: (buffer.pointer.pointee.data.1, buffer.pointer.pointee.linesize.1)
            default: (buffer.pointer.pointee.data.2, buffer.pointer.pointee.linesize.2)
            }
        guard let data else { return nil }
        return body(
            PlanePixels(
                base: data, stride: Int(stride), width: isChroma ? (format.width + 1) / 2 : format.width,
                height: isChroma ? (format.height + 1) / 2 : format.height))
    }
}

/// One plane of 8-bit samples, valid for the duration of a closure.
struct PlanePixels {
    let base: UnsafeMutablePointer<UInt8>
    /// Bytes from row to row; negative if the rows are stored from bottom to top.
    let stride: Int
    let width: Int
    let height: Int

    func row(_ y: Int) -> UnsafeMutablePointer<UInt8> { base + y * stride }
}
