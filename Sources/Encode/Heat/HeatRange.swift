import CKernels

/// The running range of saliency: what counts as no heat and as full heat, smoothed over windows.
struct HeatRange {
    private(set) var low: Float = 0
    private(set) var high: Float = 0
    private var isEmpty = true

    /// Takes in the range of one window: its minimum and percentile, or with signs 0 and the percentile of its magnitudes.
    ///
    /// - Parameter values: as they will be drawn; with signs they have lost them afterwards.
    mutating func add(_ values: inout [Float], sign: HeatSign, _ smoothing: HeatSmoothing) {
        var low: Float = 0
        var high: Float = 0
        if sign == .signed { saliency_heat_magnitude(&values, values.count) }
        saliency_heat_percentile(values, values.count, smoothing.percentile, &low, &high)
        add(low: sign == .signed ? 0 : low, high: high, adaptation: Float(smoothing.adaptation))
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
