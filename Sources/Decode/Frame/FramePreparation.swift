import Media

/// How a source's frame becomes the network's: a property of the model's manifest that options override.
public struct FramePreparation: Sendable, Hashable {
    public enum Fit: String, Sendable, CaseIterable, Codable {
        /// Resize so that the short side is `shortSide`, then cut the centre.
        case crop
        /// Resize so that the whole frame fits in `width` x `height`, bars of mid grey around it.
        case letterbox
        /// Resize so that the short side is `shortSide`, keep the whole frame (the network runs fully convolutionally).
        case full
    }

    public var fit: Fit
    /// Length of the resized frame's short side in pixels.
    public var shortSide: Int
    /// Whether `shortSide` was asked for by the user; otherwise a source of exactly `width` x `height` is taken as it is.
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
    /// The source's frames as they are, whatever their size: no resize, no crop.
    public static func unchanged(_ source: SourceProperties) -> FramePreparation {
        FramePreparation(width: source.width, height: source.height)
    }
}
