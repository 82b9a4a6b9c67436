import CKernels

/// What the last passes computed.
extension EngineSession {
    /// The features of the clip, `[C]`: the mean of the last activation over its positions, weighted as the head weights
    /// them, in double precision.
    ///
    /// The head is linear, so that the logits of the last forward pass are these features times the head's filters plus
    /// its bias, rounded once to single precision. Another head, fitted to the features of clips, can take its place.
    ///
    /// - Throws: `invalidRequest` if `forward` has not run since the clip changed.
    public func features() throws(ModelError) -> [Double] {
        try requireForward(for: "features need")
        return pooled
    }

    /// The gradient of the last backward pass, `[T, H, W, C]`.
    public func gradient() throws(ModelError) -> [Float] {
        try requireGradient()
        return Array(UnsafeBufferPointer(start: workspace.gradient(plan.clip), count: shape.count))
    }

    /// Σ over channels of |gradient| of the last backward pass, `[T, H, W]`.
    public func absoluteGradient() throws(ModelError) -> [Float] {
        try requireGradient()
        return absoluteSum(of: workspace.gradient(plan.clip))
    }

    /// Σ over channels of |values| `[T, H, W, C]`, `[T, H, W]`.
    func absoluteSum(of values: [Float]) -> [Float] {
        values.withUnsafeBufferPointer { $0.baseAddress.map(absoluteSum) ?? [] }
    }

    private func absoluteSum(of source: UnsafePointer<Float>) -> [Float] {
        let plane = shape.height * shape.width
        return [Float](unsafeUninitializedCapacity: shape.frames * plane) { buffer, count in
            if let destination = buffer.baseAddress {
                pool.run(shape.frames) { frame, _ in
                    engine_absolute_sum(
                        plane, shape.channels, source + frame * shape.elementsPerFrame, destination + frame * plane)
                }
            }
            count = buffer.count
        }
    }

    /// Calls `body` with the gradient of the last backward pass, `[T, H, W, C]`, without a copy.
    func withGradient<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(ModelError) -> Result {
        try requireGradient()
        return body(UnsafeBufferPointer(start: workspace.gradient(plan.clip), count: shape.count))
    }
}
