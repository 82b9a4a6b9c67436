import CFFmpeg
import Media

/// Converts canvases to JFIF's format: full-range BT.601 of standard dynamic range, with subsampled chroma between the
/// luma columns.
///
/// A canvas that already has this format is passed by reference; one pass of swscale suffices if only size and range
/// differ; otherwise the conversion goes via RGB, because swscale does not convert between matrices. High dynamic range
/// is tone-mapped in RGB.
final class PreviewConverter {
    private let format: CanvasFormat
    private let target: CanvasFormat
    private let isReady: Bool
    private let goesByRGB: Bool
    /// Nil for standard range.
    private let toneMap: ToneMap?
    private var scaler: Scaler?
    private var colours: Scaler?

    init(from format: CanvasFormat, width: Int, height: Int) throws(MediaError) {
        self.format = format
        var target = CanvasFormat(
            width: width, height: height,
            color: ColorDescription(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_SMPTE170M),
            chromaLocation: AVCHROMA_LOC_CENTER)
        target.pixelFormat = AV_PIX_FMT_YUV420P
        self.target = target
        toneMap = format.color.dynamicRange.flatMap { range in
            PixelFormat(format.pixelFormat).map { pixels in
                let isFullRange = format.color.range == AVCOL_RANGE_JPEG
                return ToneMap(
                    range, primaries: Primaries(format.color.primaries),
                    nominalWhite: ToneMap.nominalWhite(of: pixels, isFullRange: isFullRange))
            }
        }
        let isOtherMatrix = format.color.matrix != AVCOL_SPC_SMPTE170M && format.color.matrix != AVCOL_SPC_BT470BG
        goesByRGB = isOtherMatrix || toneMap != nil
        isReady =
            !goesByRGB && format.color.range == AVCOL_RANGE_JPEG && format.isSubsampled
            && (format.width, format.height) == (width, height)
    }

    /// The frame in the target's format, which may share the canvas's pixels.
    func convert(_ canvas: borrowing FrameBuffer) throws(MediaError) -> FrameBuffer {
        let frame: FrameBuffer
        if isReady {
            frame = try canvas.reference()
        } else if goesByRGB {
            let plain = try rgb(of: canvas)
            frame = try blank()
            if colours == nil {
                colours = try Scaler(key: Scaler.Key(of: plain.pointer), format: target, isForViewing: true)
            }
            try colours?.convert(plain.pointer, into: frame.pointer)
        } else {
            frame = try blank()
            if scaler == nil { scaler = try Scaler(key: key(of: canvas), format: target, isForViewing: true) }
            try scaler?.convert(canvas.pointer, into: frame.pointer)
        }
        frame.pointer.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        frame.pointer.pointee.color_range = AVCOL_RANGE_JPEG
        return frame
    }

    /// The frame as RGB24 of standard range, in the target's size.
    private func rgb(of canvas: borrowing FrameBuffer) throws(MediaError) -> FrameBuffer {
        var rgb = target
        rgb.pixelFormat = toneMap == nil ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGB48LE
        rgb.color.matrix = format.color.matrix
        // One step of PQ corresponds to many steps of standard range, so exact conversion is required.
        if scaler == nil { scaler = try Scaler(key: key(of: canvas), format: rgb, isForViewing: toneMap == nil) }
        let signal = try FrameBuffer.allocate(width: rgb.width, height: rgb.height, format: rgb.pixelFormat)
        try scaler?.convert(canvas.pointer, into: signal.pointer)
        guard let toneMap else { return signal }
        let mapped = try FrameBuffer.allocate(width: rgb.width, height: rgb.height, format: AV_PIX_FMT_RGB24)
        try toneMap.map(signal, into: mapped)
        return mapped
    }

    private func blank() throws(MediaError) -> FrameBuffer {
        try FrameBuffer.allocate(width: target.width, height: target.height, format: target.pixelFormat)
    }

    private func key(of canvas: borrowing FrameBuffer) -> Scaler.Key {
        var key = Scaler.Key(of: canvas.pointer)
        key.range = format.color.range
        key.matrix = format.color.matrix
        key.chroma = format.chromaLocation
        return key
    }
}
