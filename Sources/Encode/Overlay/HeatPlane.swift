/// Where a picture is hot: one value per pixel of the network's picture, row-major `[height, width]`.
public struct HeatPlane: Sendable, Hashable {
    public let width: Int
    public let height: Int
    /// 0 (cold) to 255 (hot); of heat with a sign as `HeatSign.signed` has it.
    public let values: [UInt8]

    /// - Precondition: `values.count == width * height`, both positive.
    public init(width: Int, height: Int, values: [UInt8]) {
        precondition(width > 0 && height > 0 && values.count == width * height)
        self.width = width
        self.height = height
        self.values = values
    }
}
