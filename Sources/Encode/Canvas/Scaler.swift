import CFFmpeg
import Media

/// The sole owner of an `SwsContext` that converts frames of one format to canvases.
final class Scaler {
    /// The source format for which a context is built; frames of another format need another context.
    struct Key: Equatable {
        var width: Int32
        var height: Int32
        var format: Int32
        var range: AVColorRange
        var matrix: AVColorSpace
        var chroma: AVChromaLocation

        init(of frame: UnsafePointer<AVFrame>) {
            width = frame.pointee.width
            height = frame.pointee.height
            format = frame.pointee.format
            range = frame.pointee.color_range
            matrix = frame.pointee.colorspace
            chroma = frame.pointee.chroma_location
        }

        /// Whether the frame's chroma, if any, uses the same matrix as `format`.
        func isOfMatrix(of format: CanvasFormat) -> Bool {
            guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(self.format)), !Scaler.isRGB(self.format),
                descriptor.pointee.nb_components > 2
            else { return true }
            let isSilent = [AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_RGB, AVCOL_SPC_RESERVED].contains(matrix)
            return isSilent || Scaler.swscaleMatrix(matrix) == Scaler.swscaleMatrix(format.color.matrix)
        }
    }

    let key: Key
    private let context: OpaquePointer

    /// - Parameters:
    ///   - range: the range of frames that do not state it; nil for the format's.
    ///   - isForViewing: whether speed is more important than exactness.
    init(
        key: Key, format: CanvasFormat, range: AVColorRange? = nil, isForViewing: Bool = false
    ) throws(MediaError) {
        self.key = key
        guard let context = sws_alloc_context() else { throw MediaError(.damaged, "no memory for a conversion") }
        self.context = context
        let isRGB = Self.isRGB(key.format)
        let object = UnsafeMutableRawPointer(context)
        func set(_ name: String, _ value: Int32) { av_opt_set_int(object, name, Int64(value), 0) }
        set("srcw", key.width)
        set("srch", key.height)
        set("src_format", key.format)
        set("dstw", Int32(format.width))
        set("dsth", Int32(format.height))
        set("dst_format", format.pixelFormat.rawValue)
        // Bit-exact and fully interpolated, so that all machines produce the same bytes. Bicubic filters combine four
        // rows of chroma; with bilinear ones, two, swscale's packed RGB misplaces 4:2:0 chroma if the height is
        // unchanged (docs/ffmpeg.md).
        set(
            "sws_flags",
            isForViewing
                ? SWS_BILINEAR
                : SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT)
        // Chroma positions in 1/256 of a luma sample; only for 4:2:0 they differ from swscale's defaults.
        if format.isSubsampled {
            set("dst_h_chr_pos", Self.column(format.chromaLocation))
            set("dst_v_chr_pos", Self.row(format.chromaLocation))
        }
        if !isRGB, Self.isSubsampled420(key.format) {
            set("src_h_chr_pos", Self.column(key.chroma))
            set("src_v_chr_pos", Self.row(key.chroma))
        } else if !isRGB, format.isSubsampled {
            set("src_h_chr_pos", Self.isSubsampledAcross(key.format) ? Self.column(key.chroma) : 0)
        }
        // YCbCr keeps its matrix; RGB is read as full range and converted with the output's matrix.
        let coefficients = sws_getCoefficients(Self.swscaleMatrix(format.color.matrix))
        let isFullOutput: Int32 = format.color.range == AVCOL_RANGE_JPEG ? 1 : 0
        let isFullInput: Int32 = isRGB ? 1 : Self.isFullRange(key, fallback: range ?? format.color.range) ? 1 : 0
        sws_setColorspaceDetails(
            context, coefficients, isFullInput, coefficients, isFullOutput, 0, 1 << 16, 1 << 16)
        let status = sws_init_context(context, nil, nil)
        guard status >= 0 else {
            let name = av_get_pix_fmt_name(AVPixelFormat(key.format)).map { String(cString: $0) } ?? "unknown"
            throw MediaError(.damaged, "frames of format \(name) cannot be converted", underlyingCode: status)
        }
    }

    deinit {
        sws_freeContext(context)
    }

    /// Converts `frame`, which has this scaler's source format, into the allocated `canvas`.
    func convert(
        _ frame: UnsafePointer<AVFrame>, into canvas: UnsafeMutablePointer<AVFrame>
    ) throws(MediaError) {
        let status = sws_scale_frame(context, canvas, frame)
        guard status >= 0 else {
            throw MediaError(.damaged, "a frame cannot be converted", underlyingCode: status)
        }
    }

    private static func isFullRange(_ key: Key, fallback: AVColorRange) -> Bool {
        switch AVPixelFormat(key.format) {
        case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P:
            true
        default:
            (key.range == AVCOL_RANGE_UNSPECIFIED ? fallback : key.range) == AVCOL_RANGE_JPEG
        }
    }

    private static func isRGB(_ format: Int32) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(format)) else { return false }
        return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    }

    private static func isSubsampled420(_ format: Int32) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(format)) else { return false }
        return descriptor.pointee.log2_chroma_w == 1 && descriptor.pointee.log2_chroma_h == 1
    }

    private static func isSubsampledAcross(_ format: Int32) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(format)) else { return false }
        return descriptor.pointee.log2_chroma_w == 1
    }

    private static func column(_ location: AVChromaLocation) -> Int32 { location.isBetweenColumns ? 128 : 0 }

    private static func row(_ location: AVChromaLocation) -> Int32 { Int32(256 * location.rowOffset) }

    private static func swscaleMatrix(_ matrix: AVColorSpace) -> Int32 {
        switch matrix {
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
        case AVCOL_SPC_FCC: SWS_CS_FCC
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        default: SWS_CS_ITU709
        }
    }
}
