import CFFmpeg
import Media

/// Encodes frames of a stream as JPEG files in memory, reusing its converter and encoder for all frames.
///
/// JFIF requires full-range BT.601 and square pixels; other frames are converted. Not thread-safe.
public final class PreviewEncoder {
    /// The size of the images, in pixels.
    public let width: Int
    public let height: Int

    private let format: CanvasFormat
    private let converter: PreviewConverter
    private let encoder: FrameEncoder
    private var count: Int64 = 0

    /// - Parameters:
    ///   - format: the format of the frames.
    ///   - sampleAspectRatio: width to height of one pixel of the frames.
    ///   - maximumWidth: the maximum width of the images; larger frames are scaled down.
    ///   - quality: FFmpeg's scale, from 2 (best) to 31.
    /// - Throws: `MediaError.cannotWrite` if FFmpeg does not accept such frames.
    public init(
        format: CanvasFormat, sampleAspectRatio: Rational = Rational(1, 1), maximumWidth: Int = 1280, quality: Int = 4
    ) throws(MediaError) {
        FFmpegLog.silence()
        self.format = format
        let ratio = sampleAspectRatio.isPositive ? sampleAspectRatio.value : 1
        let shown = (width: Double(format.width) * max(ratio, 1), height: Double(format.height) / min(ratio, 1))
        let scale = min(1, Double(max(maximumWidth, 16)) / shown.width)
        // The largest side that JPEG holds is 65535.
        width = min(max(Int((shown.width * scale).rounded()), 1), 65_535)
        height = min(max(Int((shown.height * scale).rounded()), 1), 65_535)
        converter = try PreviewConverter(from: format, width: width, height: height)
        encoder = try FrameEncoder.open(
            .jpeg(quality: quality), width: width, height: height, pixelFormat: AV_PIX_FMT_YUVJ420P)
    }

    /// The frame as a JPEG file.
    ///
    /// - Throws: `MediaError.cannotWrite` for a frame of another format or one that cannot be encoded.
    public func jpeg(of canvas: borrowing Canvas) throws(MediaError) -> [UInt8] {
        guard canvas.format == format else {
            throw MediaError(.cannotWrite, "a frame of another size or colour cannot be encoded")
        }
        let frame = try converter.convert(canvas.buffer)
        frame.pointer.pointee.pts = count
        frame.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
        count += 1
        return try encoder.encode(frame).bytes
    }
}
