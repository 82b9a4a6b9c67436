/// Renders heat as RGB images.
public enum HeatImage {
    /// Heat alone, in a colormap's colours.
    public static func colored(_ heat: HeatPlane, colormap: Colormap) -> Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heat.values.count * 3)
        for value in heat.values {
            let color = colormap.color(value)
            bytes += [color.red, color.green, color.blue]
        }
        return Image(width: heat.width, height: heat.height, channels: 3, bytes: bytes)
    }

    /// Heat over an image of the same size, with an opacity proportional to the heat.
    ///
    /// - Parameters:
    ///   - image: grey or RGB, as large as the heat.
    ///   - opacity: the opacity of the maximum heat, 0…1.
    public static func overlaid(
        _ heat: HeatPlane, on image: Image, colormap: Colormap, opacity: Double
    ) -> Image {
        precondition(heat.width == image.width && heat.height == image.height)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heat.values.count * 3)
        for (index, value) in heat.values.enumerated() {
            let alpha = Int((Double(colormap.strength(value)) * min(max(opacity, 0), 1)).rounded())
            let color = colormap.color(value)
            for (channel, hot) in [color.red, color.green, color.blue].enumerated() {
                let cold = image.bytes[image.channels == 3 ? 3 * index + channel : index]
                bytes.append(UInt8(truncatingIfNeeded: (Int(cold) * (255 - alpha) + Int(hot) * alpha + 127) / 255))
            }
        }
        return Image(width: heat.width, height: heat.height, channels: 3, bytes: bytes)
    }
}
