import CFFmpeg
import Media

extension ColorDescription {
    /// The colour of a frame from its source's statements; unstated properties follow mpv's rule
    /// (`mp_csp_guess_colorspace`): a YCbCr frame at least 1280 wide or more than 576 high is BT.709, a smaller one
    /// BT.601. Unstated range is limited for YCbCr, full for RGB and grey.
    ///
    /// - Parameters:
    ///   - width: of the coded frame, before rotation.
    ///   - height: likewise.
    public static func resolved(
        format: AVPixelFormat, width: Int, height: Int, matrix: AVColorSpace, range: AVColorRange,
        primaries: AVColorPrimaries, transfer: AVColorTransferCharacteristic
    ) -> ColorDescription {
        let pixels = PixelFormat(format)
        if pixels?.isRGB == true {
            return ColorDescription(
                range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB, primaries: primaries, transfer: transfer)
        }
        let statesMatrix =
            matrix != AVCOL_SPC_UNSPECIFIED && matrix != AVCOL_SPC_RGB && matrix != AVCOL_SPC_RESERVED
        let guess = width >= 1280 || height > 576 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
        let isFull =
            pixels?.isFullRangeByName == true || range == AVCOL_RANGE_JPEG
            || (range == AVCOL_RANGE_UNSPECIFIED && pixels?.isGray == true)
        return ColorDescription(
            range: isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, matrix: statesMatrix ? matrix : guess,
            primaries: primaries, transfer: transfer)
    }

    /// The colour of `frame`; `fallback` provides the properties that the frame does not state.
    static func of(
        _ frame: borrowing FrameBuffer, fallback: UnsafePointer<AVCodecParameters>?
    ) -> ColorDescription {
        let f = frame.pointer.pointee
        let p = fallback?.pointee
        return resolved(
            format: AVPixelFormat(rawValue: f.format), width: Int(f.width), height: Int(f.height),
            matrix: f.colorspace != AVCOL_SPC_UNSPECIFIED ? f.colorspace : p?.color_space ?? AVCOL_SPC_UNSPECIFIED,
            range: f.color_range != AVCOL_RANGE_UNSPECIFIED ? f.color_range : p?.color_range ?? AVCOL_RANGE_UNSPECIFIED,
            primaries: f.color_primaries != AVCOL_PRI_UNSPECIFIED
                ? f.color_primaries : p?.color_primaries ?? AVCOL_PRI_UNSPECIFIED,
            transfer: f.color_trc != AVCOL_TRC_UNSPECIFIED ? f.color_trc : p?.color_trc ?? AVCOL_TRC_UNSPECIFIED)
    }

    /// The colour that a normalized `frame` states; `fallback` provides the properties that it does not state.
    init(stated frame: borrowing FrameBuffer, fallback: ColorDescription) {
        let f = frame.pointer.pointee
        self.init(
            range: f.color_range != AVCOL_RANGE_UNSPECIFIED ? f.color_range : fallback.range,
            matrix: f.colorspace != AVCOL_SPC_UNSPECIFIED ? f.colorspace : fallback.matrix,
            primaries: f.color_primaries != AVCOL_PRI_UNSPECIFIED ? f.color_primaries : fallback.primaries,
            transfer: f.color_trc != AVCOL_TRC_UNSPECIFIED ? f.color_trc : fallback.transfer)
    }

    /// Writes this description to `frame`.
    func stamp(_ frame: borrowing FrameBuffer) {
        frame.pointer.pointee.color_range = range
        frame.pointer.pointee.colorspace = matrix
        frame.pointer.pointee.color_primaries = primaries
        frame.pointer.pointee.color_trc = transfer
    }
}
