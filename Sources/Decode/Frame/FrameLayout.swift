import CFFmpeg
import Media

extension AVFieldOrder {
    /// The field order of an upright frame, from the frame or else from its stream; progressive if the frame was
    /// rotated or flipped, because its lines then do not form fields.
    static func of(
        _ frame: borrowing FrameBuffer, fallback: CodecParameters, orientation: Orientation
    ) -> AVFieldOrder {
        guard !orientation.transposes, !orientation.flipsY else { return AV_FIELD_PROGRESSIVE }
        if saliency_frame_is_interlaced(frame.pointer) {
            return saliency_frame_is_top_field_first(frame.pointer) ? AV_FIELD_TT : AV_FIELD_BB
        }
        switch fallback.pointer.pointee.field_order {
        case AV_FIELD_TT, AV_FIELD_TB: return AV_FIELD_TT
        case AV_FIELD_BB, AV_FIELD_BT: return AV_FIELD_BB
        default: return AV_FIELD_PROGRESSIVE
        }
    }
}

extension AVChromaLocation {
    /// The chroma location of frames like `frame`, which is upright.
    static func of(_ frame: borrowing FrameBuffer, fallback: CodecParameters?) -> AVChromaLocation {
        guard let format = PixelFormat(AVPixelFormat(rawValue: frame.pointer.pointee.format)), !format.isRGB,
            format.chromaShiftX == 1, format.chromaShiftY < 2
        else { return AVCHROMA_LOC_LEFT }
        var location = frame.pointer.pointee.chroma_location
        if location == AVCHROMA_LOC_UNSPECIFIED, let fallback {
            location = fallback.pointer.pointee.chroma_location
        }
        if format.chromaShiftY == 0 { return location.isBetweenColumns ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT }
        return location == AVCHROMA_LOC_UNSPECIFIED ? AVCHROMA_LOC_LEFT : location
    }
}
