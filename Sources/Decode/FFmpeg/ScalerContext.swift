import CFFmpeg
import Media

/// The input or output of a conversion: the frame properties that swscale requires.
struct FrameLayout: Sendable, Hashable {
    var width: Int
    var height: Int
    var format: AVPixelFormat
    var color: ColorDescription
    var chromaLocation: AVChromaLocation = AVCHROMA_LOC_UNSPECIFIED
}

/// The sole owner of an `SwsContext`: a conversion between two layouts.
struct ScalerContext: ~Copyable {
    private let pointer: OpaquePointer
    let source: FrameLayout
    let target: FrameLayout
    /// What swscale writes if not `target`'s format.
    private let planar: PlanarRGB?

    /// A scaler for frames of layout `source`.
    static func make(from source: FrameLayout, to target: FrameLayout) throws(MediaError) -> ScalerContext {
        guard let context = sws_alloc_context() else { throw MediaError(.damaged, "no memory for a scaler") }
        let scaler = ScalerContext(pointer: context, source: source, target: target)
        try scaler.configure()
        return scaler
    }

    private init(pointer: OpaquePointer, source: FrameLayout, target: FrameLayout) {
        self.pointer = pointer
        self.source = source
        self.target = target
        planar = PlanarRGB(from: source, to: target)
    }

    private func configure() throws(MediaError) {
        // Bilinear, as the networks were trained; accurate rounding, chroma interpolated at full resolution, and the
        // same result on every CPU.
        let flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT
        set("sws_flags", Int64(flags))
        set("srcw", Int64(source.width))
        set("srch", Int64(source.height))
        set("src_format", Int64(source.format.rawValue))
        set("dstw", Int64(target.width))
        set("dsth", Int64(target.height))
        set("dst_format", Int64((planar?.format ?? target.format).rawValue))
        set("src_range", source.isFullRange ? 1 : 0)
        set("dst_range", target.isFullRange ? 1 : 0)
        if let position = source.chromaPosition {
            set("src_h_chr_pos", position.x)
            set("src_v_chr_pos", position.y)
        }
        if let position = target.chromaPosition {
            set("dst_h_chr_pos", position.x)
            set("dst_v_chr_pos", position.y)
        }
        let status = sws_init_context(pointer, nil, nil)
        guard status >= 0 else {
            throw MediaError(
                .damaged,
                "a frame of \(source.width)x\(source.height) cannot be scaled to "
                    + "\(target.width)x\(target.height)", underlyingCode: status)
        }
        let unity: Int32 = 1 << 16
        // Fails only if neither side is YCbCr; then there is nothing to set.
        _ = sws_setColorspaceDetails(
            pointer, source.coefficients, source.isFullRange ? 1 : 0, target.coefficients, target.isFullRange ? 1 : 0,
            0, unity, unity)
    }

    deinit {
        sws_freeContext(pointer)
    }

    private func set(_ option: String, _ value: Int64) {
        av_opt_set_int(UnsafeMutableRawPointer(pointer), option, value, 0)
    }

    /// Converts `frame`, or the part of it that begins at the origin, to the target layout.
    ///
    /// - Parameters:
    ///   - originX: left edge of the part of `frame` to read, a whole number of chroma samples.
    ///   - originY: its top edge, also a whole number of chroma samples.
    func convert(
        _ frame: borrowing FrameBuffer, originX: Int = 0, originY: Int = 0, into result: borrowing FrameBuffer
    ) throws(MediaError) {
        guard let planar else { return try scale(frame, originX, originY, into: result) }
        let separate = try FrameBuffer.allocate(width: target.width, height: target.height, format: planar.format)
        try scale(frame, originX, originY, into: separate)
        try planar.interleave(separate, into: result)
    }

    private func scale(
        _ frame: borrowing FrameBuffer, _ originX: Int, _ originY: Int, into result: borrowing FrameBuffer
    ) throws(MediaError) {
        let input = frame.pointer.pointee
        let output = result.pointer.pointee
        var planes = [input.data.0, input.data.1, input.data.2, input.data.3]
        let strides = [input.linesize.0, input.linesize.1, input.linesize.2, input.linesize.3]
        if originX > 0 || originY > 0, let format = PixelFormat(source.format) {
            for plane in 0..<format.planeCount where !(format.hasPalette && plane > 0) {
                let isChroma = plane == 1 || plane == 2
                let x = isChroma ? originX >> format.chromaShiftX : originX
                let y = isChroma ? originY >> format.chromaShiftY : originY
                planes[plane] = planes[plane]?.advanced(
                    by: y * Int(strides[plane]) + x * format.elementSizes[plane])
            }
        }
        let outputs = [output.data.0, output.data.1, output.data.2, output.data.3]
        let outputStrides = [output.linesize.0, output.linesize.1, output.linesize.2, output.linesize.3]
        let rows = sws_scale(
            pointer, planes.map { UnsafePointer($0) }, strides, 0, Int32(source.height), outputs, outputStrides)
        guard rows == Int32(target.height) else {
            throw MediaError(.damaged, "a frame cannot be converted", underlyingCode: rows < 0 ? rows : nil)
        }
    }
}

extension FrameLayout {
    fileprivate var isFullRange: Bool { color.range == AVCOL_RANGE_JPEG }

    /// swscale's table for the matrix; its numbering is that of `AVColorSpace` up to 10.
    fileprivate var coefficients: UnsafePointer<Int32>? {
        switch color.matrix {
        case AVCOL_SPC_BT709, AVCOL_SPC_FCC, AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, AVCOL_SPC_SMPTE240M,
            AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL:
            sws_getCoefficients(Int32(color.matrix.rawValue))
        default: sws_getCoefficients(SWS_CS_DEFAULT)
        }
    }

    /// The position of chroma samples relative to the first luma sample, in 1/256 of a luma sample. If unstated it is
    /// "left", as in all codecs from MPEG-2 on; for formats that are full range by name it is "center", as in JPEG.
    fileprivate var chromaPosition: (x: Int64, y: Int64)? {
        guard let pixels = PixelFormat(format), pixels.hasSubsampling else { return nil }
        var location = chromaLocation
        if location == AVCHROMA_LOC_UNSPECIFIED {
            location = pixels.isFullRangeByName ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT
        }
        let (x, y): (Int64, Int64) =
            switch location {
            case AVCHROMA_LOC_CENTER: (128, 128)
            case AVCHROMA_LOC_TOPLEFT: (0, 0)
            case AVCHROMA_LOC_TOP: (128, 0)
            case AVCHROMA_LOC_BOTTOMLEFT: (0, 256)
            case AVCHROMA_LOC_BOTTOM: (128, 256)
            default: (0, 128)
            }
        // -513 means unspecified: a direction without subsampling has no chroma position.
        return (pixels.chromaShiftX == 1 ? x : -513, pixels.chromaShiftY == 1 ? y : -513)
    }
}

extension FrameLayout {
    /// The layout of a decoded frame.
    init(_ frame: borrowing FrameBuffer, color: ColorDescription) {
        let f = frame.pointer.pointee
        self.init(
            width: Int(f.width), height: Int(f.height), format: AVPixelFormat(rawValue: f.format), color: color,
            chromaLocation: f.chroma_location)
    }
}
