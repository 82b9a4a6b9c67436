/// The locations in the clip of an endpoint's positions along one axis: the receptive field of position i is centred at
/// `offset` + i · `stride`, in frames or pixels, counted from 0.
struct SampledAxis: Hashable, Sendable {
    let count: Int
    let stride: Int
    let offset: Double

    /// An axis of the clip itself.
    init(count: Int) {
        self.init(count: count, stride: 1, offset: 0)
    }

    private init(count: Int, stride: Int, offset: Double) {
        self.count = count
        self.stride = stride
        self.offset = offset
    }

    /// The axis of a sliding window's output. SAME padding shifts the centres from those of a merely reduced frame, by
    /// more in deeper layers: of 224 pixels, the centres of `Mixed_5c` are 23, 55, …, 215 instead of 15.5, …, 207.5.
    ///
    /// - Parameters:
    ///   - before: padding before the first element.
    ///   - count: positions of the output.
    func windowed(kernel: Int, stride: Int, before: Int, count: Int) -> SampledAxis {
        SampledAxis(
            count: count, stride: self.stride * stride,
            offset: offset + Double(self.stride) * (Double(kernel - 1) / 2 - Double(before)))
    }

    /// The two positions around frame or pixel `place` of the clip, and the weight of the second; the outermost
    /// position alone beyond it.
    func neighbours(of place: Int) -> (lower: Int, upper: Int, fraction: Float) {
        let position = min(max((Double(place) - offset) / Double(stride), 0), Double(count - 1))
        let lower = Int(position)
        return (lower, min(lower + 1, count - 1), Float(position - Double(lower)))
    }
}
