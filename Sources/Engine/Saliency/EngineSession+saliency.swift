extension EngineSession {
    /// `values` `[T, H, W]` as a map of this session's shape.
    func map(of values: [Float]) -> SaliencyMap {
        SaliencyMap(frames: shape.frames, height: shape.height, width: shape.width, values: values)
    }

    /// The logits of the clip, and the targets resolved with them.
    func answer(
        _ targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> (logits: [Float], targets: [ResolvedTarget]) {
        for target in targets { try target.resolve(manifest: model.manifest) }
        let logits = try forward(control: control)
        var resolved: [ResolvedTarget] = []
        for target in targets { resolved.append(try target.resolved(logits: logits, manifest: model.manifest)) }
        return (logits, resolved)
    }

    /// The sum over channels of `values` `[T, H, W, C]`, as `[T, H, W]`.
    func signedSum(of values: [Float]) -> [Float] {
        values.withUnsafeBufferPointer { signedSum(of: $0) }
    }

    /// The sum over channels of `values` `[T, H, W, C]`, as `[T, H, W]`.
    func signedSum(of values: UnsafeBufferPointer<Float>) -> [Float] {
        let channels = shape.channels
        var sums = [Float](repeating: 0, count: values.count / channels)
        update(&sums) { position, _ in
            var sum: Float = 0
            for channel in position * channels..<(position + 1) * channels { sum += values[channel] }
            return sum
        }
        return sums
    }

    /// Replaces every value by `next(index, value)`, on all threads; all frames have the same number of values.
    func update(_ values: inout [Float], _ next: (_ index: Int, _ value: Float) -> Float) {
        let count = values.count / shape.frames
        values.withUnsafeMutableBufferPointer { values in
            pool.run(shape.frames) { frame, _ in
                for index in frame * count..<(frame + 1) * count { values[index] = next(index, values[index]) }
            }
        }
    }
}
