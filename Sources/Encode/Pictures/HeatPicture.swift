/// Heat as RGB pictures, for people.
public enum HeatPicture {
    /// Heat alone, in a colormap's colours.
    public static func colored(_ heat: HeatPlane, colormap: Colormap) -> Picture {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heat.values.count * 3)
        for value in heat.values {
            let color = colormap.color(value)
            bytes += [color.red, color.green, color.blue]
        }
        return Picture(width: heat.width, height: heat.height, channels: 3, bytes: bytes)
    }

    /// Heat over a picture of its size, with an opacity proportional to it.
    ///
    /// - Parameters:
    ///   - picture: grey or RGB, as large as the heat.
    ///   - opacity: of the hottest heat, 0…1.
    public static func overlaid(
        _ heat: HeatPlane, on picture: Picture, colormap: Colormap, opacity: Double
    ) -> Picture {
        precondition(heat.width == picture.width && heat.height == picture.height)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heat.values.count * 3)
        for (index, value) in heat.values.enumerated() {
            let alpha = Int((Double(colormap.strength(value)) * min(max(opacity, 0), 1)).rounded())
            let color = colormap.color(value)
            for (channel, hot) in [color.red, color.green, color.blue].enumerated() {
                let cold = picture.bytes[picture.channels == 3 ? 3 * index + channel : index]
                bytes.append(UInt8(truncatingIfNeeded: (Int(cold) * (255 - alpha) + Int(hot) * alpha + 127) / 255))
            }
        }
        return Picture(width: heat.width, height: heat.height, channels: 3, bytes: bytes)
    }
}
