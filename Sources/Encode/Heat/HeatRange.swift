import CKernels

/// The running range of saliency: the values drawn as no heat and as full heat, smoothed over windows.
struct HeatRange {
    private(set) var low: Float = 0
    private(set) var high: Float = 0
    private var isEmpty = true

    /// The range of one window.
    struct Bounds {
        var low: Float = 0
        var high: Float = 0

        /// The minimum and the percentile of the values, or for signed values 0 and the percentile of their magnitudes.
        ///
        /// - Parameter values: the values to be drawn; signed values are replaced by their magnitudes.
        init(of values: inout [Float], sign: HeatSign, _ smoothing: HeatSmoothing) {
            if sign == .signed { saliency_heat_magnitude(&values, values.count) }
            saliency_heat_percentile(values, values.count, smoothing.percentile, &low, &high)
            if sign == .signed { low = 0 }
        }
    }

    mutating func add(_ bounds: Bounds, adaptation: Float) {
        add(low: bounds.low, high: bounds.high, adaptation: adaptation)
    }

    /// Adds the range of one window. A window without contrast is ignored.
    mutating func add(low: Float, high: Float, adaptation: Float) {
        guard high - low > 1e-6 * high else { return }
        let share = isEmpty ? 1 : adaptation
        self.low += share * (low - self.low)
        self.high += share * (high - self.high)
        isEmpty = false
    }
}
