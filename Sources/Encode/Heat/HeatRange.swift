/// The running range of saliency: what counts as no heat and as full heat, smoothed over windows.
struct HeatRange {
    private(set) var low: Float = 0
    private(set) var high: Float = 0
    private var isEmpty = true

    /// Takes in the range of one window. A window without contrast says nothing about it.
    mutating func add(low: Float, high: Float, adaptation: Float) {
        guard high - low > 1e-6 * high else { return }
        let share = isEmpty ? 1 : adaptation
        self.low += share * (low - self.low)
        self.high += share * (high - self.high)
        isEmpty = false
    }
}
