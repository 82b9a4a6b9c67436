import CKernels

/// The filters `[cin][classes]` and bias `[classes]` of the last convolution.
struct HeadWeights: Sendable {
    let inputChannels: Int
    let classCount: Int
    let filters: [Float]
    let bias: [Float]

    /// - Parameter pooled: the weighted mean of the last activation over its positions, `[cin]`.
    func logits(of pooled: UnsafeBufferPointer<Double>) -> [Float] {
        var sums = bias.map(Double.init)
        engine_weighted_sum(inputChannels, classCount, filters, pooled.baseAddress, &sums)
        return sums.map(Float.init)
    }

    /// The gradient with respect to the pooled activation, `[cin]`, of Σ seed · logits.
    func gradient(of seed: [Float]) -> [Double] {
        var gradient = [Double](repeating: 0, count: inputChannels)
        for (index, weight) in seed.enumerated() where weight != 0 {
            for channel in 0..<inputChannels {
                gradient[channel] += Double(weight) * Double(filters[channel * classCount + index])
            }
        }
        return gradient
    }
}
