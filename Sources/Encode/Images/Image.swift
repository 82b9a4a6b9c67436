/// An image in memory: 8-bit grey or full-range RGB, `[height, width, channels]`.
public struct Image: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// 1 (grey) or 3 (RGB).
    public let channels: Int
    public internal(set) var bytes: [UInt8]

    /// - Precondition: `bytes.count == width * height * channels`, all positive, `channels` 1 or 3.
    public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        precondition(bytes.count == width * height * channels)
        self.width = width
        self.height = height
        self.channels = channels
        self.bytes = bytes
    }

    /// A grey image of heat: black is cold, white is hot.
    public init(_ heat: HeatPlane) {
        self.init(width: heat.width, height: heat.height, channels: 1, bytes: heat.values)
    }

    /// An RGB image of one colour.
    init(width: Int, height: Int, color: RGB) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 3)
        for _ in 0..<width * height { bytes += [color.red, color.green, color.blue] }
        self.init(width: width, height: height, channels: 3, bytes: bytes)
    }

    /// Copies an RGB image into this RGB image, clipped at its edges.
    mutating func paste(_ other: Image, x: Int, y: Int) {
        let count = min(other.width, width - x)
        guard count > 0 else { return }
        for row in 0..<min(other.height, height - y) {
            let source = row * other.width * 3
            let target = ((y + row) * width + x) * 3
            bytes.replaceSubrange(target..<target + 3 * count, with: other.bytes[source..<source + 3 * count])
        }
    }

    /// Draws text into this RGB image.
    mutating func draw(_ mask: TextMask, x: Int, y: Int, color: RGB) {
        for row in 0..<min(mask.height, height - y) {
            for column in 0..<min(mask.width, width - x) {
                let covered = Int(mask.coverage[row * mask.width + column])
                let place = ((y + row) * width + x + column) * 3
                for (channel, value) in [color.red, color.green, color.blue].enumerated() {
                    let sum = Int(bytes[place + channel]) * (255 - covered) + Int(value) * covered + 127
                    bytes[place + channel] = UInt8(truncatingIfNeeded: sum / 255)
                }
            }
        }
    }
}
