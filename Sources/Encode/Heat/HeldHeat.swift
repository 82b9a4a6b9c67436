import CKernels

/// Heat for frames that no window covers yet: the end of the newest window's map, held until the next window.
///
/// The heat is the mean over the last quarter of the window, smoothed in space; heat 0 and 1 are the running minimum
/// and percentile as in `HeatTimeline`, also for signed maps. Not thread-safe.
public final class HeldHeat {
    /// Size of every map in clip pixels.
    public let width: Int
    public let height: Int

    private let sign: HeatSign
    private let smoothing: HeatSmoothing
    private let spatialWeights: [Float]
    private var range = HeatRange()
    private var scratch: [Float]

    /// The heat is the mean over 1/4 of the window, at its end: the newest part that is longer than the stem's temporal
    /// reach.
    private static let part = 4

    /// - Parameter sign: whether the maps are signed.
    public init(width: Int, height: Int, sign: HeatSign = .absolute, smoothing: HeatSmoothing = HeatSmoothing()) {
        precondition(width > 0 && height > 0)
        self.sign = sign
        self.width = width
        self.height = height
        self.smoothing = smoothing
        spatialWeights = smoothing.spatialWeights(limit: min(width, height))
        scratch = [Float](repeating: 0, count: width * height)
    }

    /// The heat that follows a window.
    ///
    /// - Parameters:
    ///   - saliency: Σ|g| over channels, or Σg for signed maps, `[T, height, width]`, un-normalised.
    ///   - frames: T, at least 1.
    public func heat(after saliency: Span<Float>, frames: Int) -> HeatPlane {
        let count = width * height
        precondition(frames >= 1 && saliency.count == frames * count)
        let taken = max(frames / Self.part, 1)
        var map = [Float](repeating: 0, count: count)
        saliency.withUnsafeBufferPointer { saliency in
            guard let base = saliency.baseAddress else { return }
            for index in (frames - taken)..<frames {
                saliency_heat_accumulate(&map, base + index * count, 1 / Float(taken), count)
            }
        }
        if spatialWeights.count > 1 {
            saliency_heat_blur(&map, &scratch, height, width, spatialWeights, spatialWeights.count - 1)
        }
        var measured = map
        range.add(HeatRange.Bounds(of: &measured, sign: sign, smoothing), adaptation: Float(smoothing.adaptation))
        saliency_heat_scale(&map, range.low, range.high > range.low ? 1 / (range.high - range.low) : 0, count)
        let values = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            sign.render(buffer.baseAddress, map, map, 0, count)
            initialized = count
        }
        return HeatPlane(width: width, height: height, values: values)
    }
}
