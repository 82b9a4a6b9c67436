import CFFmpeg
import Media

/// What every frame of an output video looks like: 8-bit YCbCr of the source's size and colour.
public struct CanvasFormat: Sendable, Hashable {
    /// In pixels: the source's, always.
    public var width: Int
    public var height: Int
    /// `AV_PIX_FMT_YUV420P`: what every player shows.
    public var pixelFormat: AVPixelFormat
    /// The source's, with a YCbCr matrix and a range for sources that have none (RGB).
    public var color: ColorDescription
    /// Where 4:2:0 chroma lies: as in the source.
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
            // mpv's rule: what is as large as HD is BT.709, the rest BT.601.
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
