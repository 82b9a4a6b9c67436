import CKernels

/// The running range of saliency: what counts as no heat and as full heat, smoothed over windows.
struct HeatRange {
    private(set) var low: Float = 0
    private(set) var high: Float = 0
    private var isEmpty = true

    /// The range of one window.
    struct Bounds {
        var low: Float = 0
        var high: Float = 0

        /// Its minimum and percentile, or with signs 0 and the percentile of its magnitudes.
        ///
        /// - Parameter values: as they will be drawn; with signs they have lost them afterwards.
        init(of values: inout [Float], sign: HeatSign, _ smoothing: HeatSmoothing) {
            if sign == .signed { saliency_heat_magnitude(&values, values.count) }
            saliency_heat_percentile(values, values.count, smoothing.percentile, &low, &high)
            if sign == .signed { low = 0 }
        }
    }

    mutating func add(_ bounds: Bounds, adaptation: Float) {
        add(low: bounds.low, high: bounds.high, adaptation: adaptation)
    }

    /// Takes in the range of one window. A window without contrast says nothing about it.
    mutating func add(low: Float, high: Float, adaptation: Float) {
        guard high - low > 1e-6 * high else { return }
        let share = isEmpty ? 1 : adaptation
        self.low += share * (low - self.low)
        self.high += share * (high - self.high)
        isEmpty = false
    }
}
