import CFFmpeg

/// How a frame's samples represent colour, in FFmpeg's enumerations.
public struct ColorDescription: Sendable, Hashable {
    public var range: AVColorRange
    public var matrix: AVColorSpace
    public var primaries: AVColorPrimaries
    public var transfer: AVColorTransferCharacteristic

    public init(
        range: AVColorRange = AVCOL_RANGE_MPEG, matrix: AVColorSpace = AVCOL_SPC_BT709,
        primaries: AVColorPrimaries = AVCOL_PRI_UNSPECIFIED,
        transfer: AVColorTransferCharacteristic = AVCOL_TRC_UNSPECIFIED
    ) {
        self.range = range
        self.matrix = matrix
        self.primaries = primaries
        self.transfer = transfer
    }
}

extension ColorDescription {
    /// Kr and Kb of H.273, table 4; BT.709's for matrices without such weights (their colours are then drawn
    /// approximately).
    public var lumaWeights: (red: Double, blue: Double) {
        switch matrix {
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: (0.299, 0.114)
        case AVCOL_SPC_FCC: (0.30, 0.11)
        case AVCOL_SPC_SMPTE240M: (0.212, 0.087)
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: (0.2627, 0.0593)
        default: (0.2126, 0.0722)
        }
    }
}
