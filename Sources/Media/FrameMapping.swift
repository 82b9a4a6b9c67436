/// Maps the pixels of a clip's frame to the upright source frame by scaling and translation.
///
/// Clip pixel (x, y) covers the source's rectangle from `originX + x * scaleX` to `originX + (x + 1) * scaleX`, and so on.
/// Parts of the clip outside the source (letterbox bars) have coordinates below 0 or above the source's size.
public struct FrameMapping: Sendable, Hashable {
    /// The network's frame, in pixels.
    public var clipWidth: Int
    public var clipHeight: Int
    /// Source coordinate, in source pixels, of the clip's left and top edge.
    public var originX: Double
    public var originY: Double
    /// Source pixels per clip pixel.
    public var scaleX: Double
    public var scaleY: Double

    public init(
        clipWidth: Int, clipHeight: Int, originX: Double, originY: Double, scaleX: Double, scaleY: Double
    ) {
        self.clipWidth = clipWidth
        self.clipHeight = clipHeight
        self.originX = originX
        self.originY = originY
        self.scaleX = scaleX
        self.scaleY = scaleY
    }
}
