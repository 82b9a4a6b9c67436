/// An image that gives an overview of a clip: for each of several times the original, the heat, and both combined.
public struct ContactSheet: Sendable {
    private struct Moment: Sendable {
        var caption: String
        var images: [Image]
    }

    private static let gap = 4
    private static let ground = RGB(red: 24, green: 24, blue: 24)

    private let columns: Int
    private let colormap: Colormap
    private let opacity: Double
    private var moments: [Moment] = []

    /// - Parameters:
    ///   - columns: the number of times side by side.
    ///   - colormap: the colormap of the heat over the image; unsigned heat alone is shown in inferno.
    ///   - opacity: the opacity of the maximum heat, 0…1.
    public init(columns: Int = 8, colormap: Colormap = .turbo, opacity: Double = 0.6) {
        self.columns = max(columns, 1)
        self.colormap = colormap
        self.opacity = opacity
    }

    /// Adds a time; all images must have the same size.
    public mutating func add(_ image: Image, heat: HeatPlane, caption: String) {
        let plain = HeatPlane(
            width: heat.width, height: heat.height, values: [UInt8](repeating: 0, count: heat.values.count))
        moments.append(
            Moment(
                caption: caption,
                images: [
                    HeatImage.overlaid(plain, on: image, colormap: colormap, opacity: 0),
                    HeatImage.colored(heat, colormap: colormap.sign == .absolute ? .inferno : colormap),
                    HeatImage.overlaid(heat, on: image, colormap: colormap, opacity: opacity),
                ]))
    }

    /// The sheet, or nil if nothing was added.
    public func rendered() -> Image? {
        guard let size = moments.first?.images.first else { return nil }
        let capHeight = max(Double(size.height) / 20, 7)
        let captionHeight = TextMask("0", capHeight: capHeight).height + Self.gap
        let columns = min(columns, moments.count)
        let bands = (moments.count + columns - 1) / columns
        let bandHeight = captionHeight + 3 * (size.height + Self.gap) + Self.gap
        var sheet = Image(
            width: columns * (size.width + Self.gap) + Self.gap, height: bands * bandHeight + Self.gap,
            color: Self.ground)
        for (index, moment) in moments.enumerated() {
            let x = Self.gap + index % columns * (size.width + Self.gap)
            let y = Self.gap + index / columns * bandHeight
            let caption = TextMask(moment.caption, capHeight: capHeight, maximumWidth: size.width)
            sheet.draw(caption, x: x, y: y, color: RGB(red: 230, green: 230, blue: 230))
            for (row, image) in moment.images.enumerated() {
                sheet.paste(image, x: x, y: y + captionHeight + row * (size.height + Self.gap))
            }
        }
        return sheet
    }
}
