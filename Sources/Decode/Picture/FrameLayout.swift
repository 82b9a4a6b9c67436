import CFFmpeg

extension AVFieldOrder {
    /// The order of an upright picture's fields, from the picture or else from its stream; progressive where it was turned, for
    /// then its lines are no fields.
    static func of(
        _ frame: borrowing FrameBuffer, fallback: CodecParameters, orientation: Orientation
    ) -> AVFieldOrder {
        guard !orientation.transposes, !orientation.flipsY else { return AV_FIELD_PROGRESSIVE }
        let picture = frame.pointer.pointee
        if picture.interlaced_frame != 0 { return picture.top_field_first != 0 ? AV_FIELD_TT : AV_FIELD_BB }
        switch fallback.pointer.pointee.field_order {
        case AV_FIELD_TT, AV_FIELD_TB: return AV_FIELD_TT
        case AV_FIELD_BB, AV_FIELD_BT: return AV_FIELD_BB
        default: return AV_FIELD_PROGRESSIVE
        }
    }

    /// Whether pictures consist of two fields.
    public var isInterlaced: Bool { self != AV_FIELD_PROGRESSIVE && self != AV_FIELD_UNKNOWN }
}

extension AVChromaLocation {
    /// Where chroma lies in pictures like `frame`, which is upright.
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

    /// Whether it lies halfway between two luma columns, as in JPEG and MPEG-1, rather than on the left one.
    public var isBetweenColumns: Bool {
        self == AVCHROMA_LOC_CENTER || self == AVCHROMA_LOC_TOP || self == AVCHROMA_LOC_BOTTOM
    }

    /// How far below the upper of two luma rows it lies, in rows: 0, 0.5 or 1.
    public var rowOffset: Double {
        switch self {
        case AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP: 0
        case AVCHROMA_LOC_BOTTOMLEFT, AVCHROMA_LOC_BOTTOM: 1
        default: 0.5
        }
    }
}
