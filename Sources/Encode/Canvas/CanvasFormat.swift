import CFFmpeg
import Media

/// The format of all frames of an output video: 8-bit YCbCr of the source's size and colour.
public struct CanvasFormat: Sendable, Hashable {
    /// The source's size in pixels.
    public var width: Int
    public var height: Int
    /// `AV_PIX_FMT_YUV420P`, which every player supports.
    public var pixelFormat: AVPixelFormat
    /// The source's colour, with a YCbCr matrix and a range for sources without (RGB).
    public var color: ColorDescription
    /// The position of 4:2:0 chroma samples: the source's.
    public var chromaLocation: AVChromaLocation

    /// The format for a source.
    public init(source: SourceProperties) {
        self.init(
            width: source.width, height: source.height, color: source.color, chromaLocation: source.chromaLocation)
    }

    init(
        width: Int, height: Int, color: ColorDescription, chromaLocation: AVChromaLocation = AVCHROMA_LOC_LEFT
    ) {
        self.width = width
        self.height = height
        self.chromaLocation = chromaLocation
        pixelFormat = AV_PIX_FMT_YUV420P
        self.color = color
        switch color.matrix {
        case AVCOL_SPC_RGB, AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_RESERVED:
            // mpv's rule: frames of HD size are BT.709, smaller ones BT.601.
            let isHD = width >= 1280 || height > 576
            self.color.matrix = isHD ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
            if color.matrix == AVCOL_SPC_RGB { self.color.range = AVCOL_RANGE_MPEG }
        default: break
        }
        if self.color.range == AVCOL_RANGE_UNSPECIFIED { self.color.range = AVCOL_RANGE_MPEG }
    }

    /// Whether chroma has half the luma's columns and rows.
    var isSubsampled: Bool { pixelFormat == AV_PIX_FMT_YUV420P }
}
