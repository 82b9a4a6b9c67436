/// What the windows so far say of one sample: sums over the windows that cover it, weighted by their Hann weights.
struct HeatSample {
    /// The sample's number in its source; neighbours in a run differ by 1.
    let number: Int
    /// Seconds since the source's first frame.
    let time: Double
    /// Σ weight · map, `[height, width]`.
    var map: [Float]
    /// Σ weight.
    var weight: Float = 0
    /// Σ weight · running range: what is drawn as heat 0 and 1.
    var low: Float = 0
    var high: Float = 0
}
