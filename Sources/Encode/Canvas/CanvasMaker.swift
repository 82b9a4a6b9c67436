import CFFmpeg
import Media

/// Makes canvases from frames of any pixel format: by reference if the samples already have the right format, otherwise
/// by one pass of swscale.
///
/// Not thread-safe: one thread uses it.
public final class CanvasMaker {
    public let format: CanvasFormat
    private var scaler: Scaler?
    /// The second step, from RGB, for frames whose matrix differs from the canvases'.
    private var recoder: Scaler?

    public init(format: CanvasFormat) {
        self.format = format
    }

    /// A canvas that shows `frame`, scaled to the output's size.
    ///
    /// - Throws: `MediaError.damaged` if the frame cannot be converted.
    public func canvas(of frame: VideoFrame) throws(MediaError) -> Canvas {
        let source = frame.buffer.pointer
        if isReady(source) {
            let buffer = try frame.buffer.reference()
            // A "yuvj" format equals the corresponding "yuv" format with full range; the range is in the canvas
            // format's colour.
            buffer.pointer.pointee.format = format.pixelFormat.rawValue
            return finished(buffer, frame)
        }
        let buffer = try FrameBuffer.allocate(width: format.width, height: format.height, format: format.pixelFormat)
        let key = Scaler.Key(of: source)
        guard key.isOfMatrix(of: format) else {
            try recode(source, key, into: buffer.pointer)
            return finished(buffer, frame)
        }
        if scaler?.key != key { scaler = try Scaler(key: key, format: format) }
        try scaler?.convert(source, into: buffer.pointer)
        return finished(buffer, frame)
    }

    /// Converts via RGB, because swscale does not convert between matrices.
    private func recode(
        _ source: UnsafePointer<AVFrame>, _ key: Scaler.Key, into canvas: UnsafeMutablePointer<AVFrame>
    ) throws(MediaError) {
        var plain = format
        plain.pixelFormat = AV_PIX_FMT_RGB48LE
        plain.color = ColorDescription(range: AVCOL_RANGE_JPEG, matrix: key.matrix)
        let rgb = try FrameBuffer.allocate(width: plain.width, height: plain.height, format: plain.pixelFormat)
        if scaler?.key != key { scaler = try Scaler(key: key, format: plain, range: format.color.range) }
        try scaler?.convert(source, into: rgb.pointer)
        let between = Scaler.Key(of: rgb.pointer)
        if recoder?.key != between { recoder = try Scaler(key: between, format: format) }
        try recoder?.convert(rgb.pointer, into: canvas)
    }

    private func isReady(_ source: UnsafePointer<AVFrame>) -> Bool {
        let sameLayout =
            switch AVPixelFormat(source.pointee.format) {
            case AV_PIX_FMT_YUV420P: format.isSubsampled
            case AV_PIX_FMT_YUV444P: !format.isSubsampled
            case AV_PIX_FMT_YUVJ420P: format.isSubsampled && format.color.range == AVCOL_RANGE_JPEG
            case AV_PIX_FMT_YUVJ444P: !format.isSubsampled && format.color.range == AVCOL_RANGE_JPEG
            default: false
            }
        let range = source.pointee.color_range
        guard sameLayout, range == AVCOL_RANGE_UNSPECIFIED || range == format.color.range,
            Scaler.Key(of: source).isOfMatrix(of: format)
        else { return false }
        return Int(source.pointee.width) == format.width && Int(source.pointee.height) == format.height
    }

    private func finished(_ buffer: consuming FrameBuffer, _ frame: VideoFrame) -> Canvas {
        let source = buffer.pointer
        source.pointee.color_range = format.color.range
        source.pointee.colorspace = format.color.matrix
        source.pointee.color_primaries = format.color.primaries
        source.pointee.color_trc = format.color.transfer
        source.pointee.chroma_location = format.chromaLocation
        // The encoder decides about key frames, independent of the source's.
        source.pointee.pict_type = AV_PICTURE_TYPE_NONE
        saliency_frame_clear_key(source)
        ClosedCaptions.copy(from: frame.buffer.pointer, to: source)
        return Canvas(buffer: buffer, format: format, pts: frame.pts, duration: frame.duration)
    }
}

extension AVPixelFormat {
    /// The format in an `AVFrame`'s plain integer.
    init(_ raw: Int32) { self.init(rawValue: raw) }
}

/// Closed captions (CEA-608 and CEA-708) in the side data of frames (ATSC A/53, part 4): H.264 can carry them, VP9
/// cannot.
enum ClosedCaptions {
    static func arePresent(in frame: UnsafePointer<AVFrame>) -> Bool {
        av_frame_get_side_data(frame, AV_FRAME_DATA_A53_CC) != nil
    }

    /// Copies the captions of `source` to `target` if it has none itself.
    static func copy(from source: UnsafePointer<AVFrame>, to target: UnsafeMutablePointer<AVFrame>) {
        guard !arePresent(in: target), let captions = av_frame_get_side_data(source, AV_FRAME_DATA_A53_CC),
            let data = captions.pointee.data
        else { return }
        let size = captions.pointee.size
        // If there is no memory, the frame is output without captions.
        av_frame_new_side_data(target, AV_FRAME_DATA_A53_CC, size)?.pointee.data.update(from: data, count: size)
    }
}
