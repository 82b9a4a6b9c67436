import Encode

/// How the panes' heat looks.
public struct CompareDrawing: Sendable, Equatable {
    /// Of heat without a sign.
    public var colormap: Colormap
    /// Of heat with one.
    public var signedColormap: Colormap
    /// Of the hottest pixel, 0…1.
    public var opacity: Double
    /// Whether the edge of what the network saw is marked where that is not the whole picture.
    public var outlinesCrop: Bool
    /// Whether each pane with heat has a legend.
    public var hasLegend: Bool

    public init(
        colormap: Colormap = .standard(for: .absolute), signedColormap: Colormap = .standard(for: .signed),
        opacity: Double = 0.7, outlinesCrop: Bool = true, hasLegend: Bool = false
    ) {
        self.colormap = colormap
        self.signedColormap = signedColormap
        self.opacity = opacity
        self.outlinesCrop = outlinesCrop
        self.hasLegend = hasLegend
    }

    func colormap(for sign: HeatSign) -> Colormap { sign == .signed ? signedColormap : colormap }
}
