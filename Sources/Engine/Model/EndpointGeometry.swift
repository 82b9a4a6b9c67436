/// The locations in the clip of an endpoint's positions.
struct EndpointGeometry: Hashable, Sendable {
    let frames: SampledAxis
    let height: SampledAxis
    let width: SampledAxis

    /// The clip itself.
    init(_ extent: Size3D) {
        frames = SampledAxis(count: extent.frames)
        height = SampledAxis(count: extent.height)
        width = SampledAxis(count: extent.width)
    }

    /// The output of a sliding window over `input`.
    init(_ window: SlidingWindow, over input: EndpointGeometry) {
        frames = input.frames.windowed(
            kernel: window.kernel.frames, stride: window.stride.frames, before: window.before.frames,
            count: window.output.frames)
        height = input.height.windowed(
            kernel: window.kernel.height, stride: window.stride.height, before: window.before.height,
            count: window.output.height)
        width = input.width.windowed(
            kernel: window.kernel.width, stride: window.stride.width, before: window.before.width,
            count: window.output.width)
    }

    /// Interpolates one value per position, `[T', H', W']`, to one per pixel of the clip, `[T, H, W]`: trilinearly
    /// between the positions' centres, constant beyond the outermost.
    func upsampled(_ values: [Float], to shape: ClipShape, pool: ThreadPool) -> [Float] {
        let plane = shape.height * shape.width
        let rows = (0..<shape.height).map(height.neighbours)
        let columns = (0..<shape.width).map(width.neighbours)
        var result = [Float](repeating: 0, count: shape.frames * plane)
        result.withUnsafeMutableBufferPointer { result in
            pool.run(shape.frames) { frame, _ in
                let small = blended(values, at: frame)
                for (y, row) in rows.enumerated() {
                    let (upper, lower) = (row.lower * width.count, row.upper * width.count)
                    for (x, column) in columns.enumerated() {
                        let above = Self.mix(small[upper + column.lower], small[upper + column.upper], column.fraction)
                        let below = Self.mix(small[lower + column.lower], small[lower + column.upper], column.fraction)
                        result[frame * plane + y * shape.width + x] = Self.mix(above, below, row.fraction)
                    }
                }
            }
        }
        return result
    }

    /// The plane `[H', W']` interpolated for one of the clip's frames.
    private func blended(_ values: [Float], at frame: Int) -> [Float] {
        let plane = height.count * width.count
        let (lower, upper, fraction) = frames.neighbours(of: frame)
        return (0..<plane).map { Self.mix(values[lower * plane + $0], values[upper * plane + $0], fraction) }
    }

    private static func mix(_ a: Float, _ b: Float, _ fraction: Float) -> Float { a + (b - a) * fraction }
}
