import CKernels

/// From the last activation to the logits: an average pool [2, 7, 7] (smaller if the activation is smaller) with stride
/// 1, a 1x1x1 convolution with bias, and the mean over all positions.
///
/// All three are linear, so the logits are a weighted mean over the activation's positions, times the filters; a
/// position's weight is proportional to the number of pool windows that contain it. Sums are in double precision.
struct Head {
    let weights: HeadWeights
    let input: Tensor
    /// The weighted sums of each frame, doubles `[T][C]`, followed by those of all frames, `[C]`.
    let sums: BufferID

    static let pool = Kernel3D(2, 7, 7)
    static func sumBytes(_ input: Tensor) -> Int {
        (input.extent.frames + 1) * input.channels * MemoryLayout<Double>.stride
    }

    /// The weights of the positions along one axis; they sum to 1.
    static func coverage(size: Int, pool: Int) -> [Double] {
        let length = min(size, pool)
        let windows = size - length + 1
        return (0..<size).map { position in
            let covering = min(position, windows - 1) - max(0, position - length + 1) + 1
            return Double(covering) / Double(windows * length)
        }
    }

    /// The weights of the positions in a frame `[H, W]`, and of the frames `[T]`.
    private var positionWeights: (plane: [Double], frames: [Double]) {
        let height = Self.coverage(size: input.extent.height, pool: Self.pool.height)
        let width = Self.coverage(size: input.extent.width, pool: Self.pool.width)
        return (
            height.flatMap { y in width.map { x in y * x } },
            Self.coverage(size: input.extent.frames, pool: Self.pool.frames)
        )
    }

    func forward(_ workspace: Workspace) -> [Float] {
        weights.logits(of: pooled(workspace))
    }

    /// The weighted mean of the input over its positions, `[C]`: what the filters and the bias turn into logits.
    func pooled(_ workspace: Workspace) -> [Double] {
        let (plane, frames) = positionWeights
        let channels = input.channels
        let source = workspace.activation(input)
        let partial = workspace.doubles(sums)
        let total = partial + frames.count * channels
        partial.update(repeating: 0, count: (frames.count + 1) * channels)
        workspace.pool.run(frames.count) { frame, _ in
            engine_weighted_sum(
                plane.count, channels, source + frame * plane.count * channels, plane, partial + frame * channels)
        }
        for (frame, weight) in frames.enumerated() {
            for channel in 0..<channels { total[channel] += weight * partial[frame * channels + channel] }
        }
        return Array(UnsafeBufferPointer(start: total, count: channels))
    }

    /// - Parameters:
    ///   - seed: the derivative of the target with respect to every logit.
    ///   - completes: whether to apply the masks of the input's producers.
    func backward(_ workspace: Workspace, seed: [Float], rule: GradientRule, completes: Bool = true) {
        let (plane, frames) = positionWeights
        let direction = weights.gradient(of: seed)
        let destination = workspace.gradient(input)
        workspace.pool.run(frames.count) { frame, _ in
            let rows = frame * plane.count..<(frame + 1) * plane.count
            engine_outer_product(
                plane.count, input.channels, plane.map { $0 * frames[frame] }, direction,
                destination + rows.lowerBound * input.channels)
            if completes { workspace.applyMasks(input, rows: rows, rule: rule) }
        }
    }
}

/// The filters `[cin][classes]` and bias `[classes]` of the last convolution.
struct HeadWeights: Sendable {
    let inputChannels: Int
    let classCount: Int
    let filters: [Float]
    let bias: [Float]

    /// - Parameter pooled: the weighted mean of the last activation over its positions, `[cin]`.
    func logits(of pooled: [Double]) -> [Float] {
        var sums = bias.map(Double.init)
        engine_weighted_sum(inputChannels, classCount, filters, pooled, &sums)
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
