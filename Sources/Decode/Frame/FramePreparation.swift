import Media

/// How the network's frame is made from a source's: a property of the model's manifest, which options override.
public struct FramePreparation: Sendable, Hashable {
    public enum Fit: String, Sendable, CaseIterable, Codable {
        /// Resize so that the short side is `shortSide`, then crop the centre.
        case crop
        /// Resize so that the whole frame fits in `width` x `height`, with bars of mid grey.
        case letterbox
        /// Resize so that the short side is `shortSide`, keep the whole frame (the network runs fully convolutionally).
        case full
    }

    public var fit: Fit
    /// Length of the resized frame's short side in pixels.
    public var shortSide: Int
    /// Whether the user set `shortSide`; if not, a source of exactly `width` x `height` is not resized.
    public var shortSideIsExplicit: Bool
    /// The network's frame size for `crop` and `letterbox`, in pixels.
    public var width: Int
    public var height: Int

    public init(
        fit: Fit = .crop, shortSide: Int = 256, shortSideIsExplicit: Bool = false, width: Int = 224, height: Int = 224
    ) {
        self.fit = fit
        self.shortSide = shortSide
        self.shortSideIsExplicit = shortSideIsExplicit
        self.width = width
        self.height = height
    }
}

extension FramePreparation {
    /// A preparation that leaves the source's frames unchanged: no resizing, no cropping.
    public static func unchanged(_ source: SourceProperties) -> FramePreparation {
        FramePreparation(width: source.width, height: source.height)
    }
}
