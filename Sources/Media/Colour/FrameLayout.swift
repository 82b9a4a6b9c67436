import CFFmpeg

extension AVFieldOrder {
    /// Whether frames consist of two fields.
    public var isInterlaced: Bool { self != AV_FIELD_PROGRESSIVE && self != AV_FIELD_UNKNOWN }
}

extension AVChromaLocation {
    /// Whether chroma samples lie halfway between two luma columns, as in JPEG and MPEG-1, rather than on the left one.
    public var isBetweenColumns: Bool {
        self == AVCHROMA_LOC_CENTER || self == AVCHROMA_LOC_TOP || self == AVCHROMA_LOC_BOTTOM
    }

    /// The distance of chroma samples below the upper of two luma rows, in rows: 0, 0.5 or 1.
    public var rowOffset: Double {
        switch self {
        case AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP: 0
        case AVCHROMA_LOC_BOTTOMLEFT, AVCHROMA_LOC_BOTTOM: 1
        default: 0.5
        }
    }
}
