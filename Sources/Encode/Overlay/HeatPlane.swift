import CKernels

/// The heat of one frame: one value per pixel of the network's frame, row-major `[height, width]`.
public struct HeatPlane: Sendable, Hashable {
    public let width: Int
    public let height: Int
    /// 0 (cold) to 255 (hot), or signed heat as defined by `HeatSign.signed`.
    public let values: [UInt8]

    /// - Precondition: `values.count == width * height`, both positive.
    public init(width: Int, height: Int, values: [UInt8]) {
        precondition(width > 0 && height > 0 && values.count == width * height)
        self.width = width
        self.height = height
        self.values = values
    }
}

/// One axis of the enlargement of heat to a plane: the samples of a line that lie inside the clip, and their
/// interpolation weights.
struct HeatGrid: Equatable {
    /// The range of samples inside the clip.
    let samples: Range<Int>
    /// For each sample the index of the first of two neighbouring heat values, and the weight, 0…128, of the second.
    let index: [UInt16]
    let weight: [UInt16]

    /// - Parameters:
    ///   - count: samples in the line.
    ///   - step: source pixels per sample: 1, or 2 for subsampled chroma.
    ///   - site: source coordinate of sample 0 (a luma sample lies at the centre of its pixel: 0.5).
    ///   - length: source pixels in the line.
    ///   - origin: source coordinate of the clip's edge.
    ///   - extent: source pixels that the clip covers.
    ///   - heatCount: heat values over that extent.
    init(count: Int, step: Int, site: Double, length: Int, origin: Double, extent: Double, heatCount: Int) {
        // A sample belongs to the clip if the centres of all its pixels lie inside.
        func isInside(_ sample: Int) -> Bool {
            let first = Double(sample * step) + 0.5
            let last = Double(min(sample * step + step, length) - 1) + 0.5
            return first >= origin && last < origin + extent
        }
        guard heatCount > 0, extent > 0, let lower = (0..<count).first(where: isInside),
            let upper = (0..<count).last(where: isInside)
        else {
            samples = 0..<0
            index = []
            weight = []
            return
        }
        samples = lower..<(upper + 1)
        var index: [UInt16] = []
        var weight: [UInt16] = []
        let one = Int(saliency_tap_one)
        for sample in samples {
            let position = (Double(sample * step) + site - origin) / extent * Double(heatCount) - 0.5
            let clamped = min(max(position, 0), Double(heatCount - 1))
            let fixed = Int((clamped * Double(one)).rounded())
            // The last value is expressed as the full weight of the second tap, so that both taps always exist.
            let first = min(fixed / one, max(heatCount - 2, 0))
            index.append(UInt16(first))
            weight.append(heatCount > 1 ? UInt16(fixed - first * one) : 0)
        }
        self.index = index
        self.weight = weight
    }
}
