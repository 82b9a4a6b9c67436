/// One axis of an endpoint, and where its positions lie in the clip: position i looks at a stretch of the clip that is
/// centred at `offset` + i · `stride`, in frames or pixels, of which the first is 0.
struct SampledAxis: Hashable, Sendable {
    let count: Int
    let stride: Int
    let offset: Double

    /// The clip's own axis.
    init(count: Int) {
        self.init(count: count, stride: 1, offset: 0)
    }

    private init(count: Int, stride: Int, offset: Double) {
        self.count = count
        self.stride = stride
        self.offset = offset
    }

    /// What a window makes of the axis. SAME padding puts its first stop half a stride from where a frame made smaller
    /// would have it, the further the deeper: of 224 pixels, `Mixed_5c` sees 23, 55, …, 215 and not 15.5, …, 207.5.
    func windowed(kernel: Int, stride: Int, before: Int, stops: Int) -> SampledAxis {
        SampledAxis(
            count: stops, stride: self.stride * stride,
            offset: offset + Double(self.stride) * (Double(kernel - 1) / 2 - Double(before)))
    }

    /// The two positions around `place` of the clip, and how much the second counts; at the ends, the last position alone.
    func neighbours(of place: Int) -> (lower: Int, upper: Int, fraction: Float) {
        let position = min(max((Double(place) - offset) / Double(stride), 0), Double(count - 1))
        let lower = Int(position)
        return (lower, min(lower + 1, count - 1), Float(position - Double(lower)))
    }
}
