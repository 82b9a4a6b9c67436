/// A clip blurred by a Gaussian, in its frames or in time, in double precision.
struct ClipBlur {
    enum Axis {
        /// Height and width.
        case space
        case time
    }

    let shape: ClipShape
    let pool: ThreadPool
    let axis: Axis
    let edge: GaussianFilter.Edge

    /// - Parameters:
    ///   - clip: `[T, H, W, C]`
    ///   - sigma: in pixels or frames.
    func blurred(_ clip: [Float], sigma: Double) -> [Float] {
        let filters = filters(sigma)
        var result = [Float](repeating: 0, count: clip.count)
        result.withUnsafeMutableBufferPointer { result in
            pool.run(items) { item, _ in
                for (position, value) in smooth(clip, item, filters).enumerated() {
                    result[sample(item, position)] = Float(value)
                }
            }
        }
        return result
    }

    /// The clip blurred by `sigma`, and its slope there: the difference to the clip blurred by `sigma` + `step`,
    /// divided by `step`.
    func blurred(_ clip: [Float], sigma: Double, step: Double) -> (clip: [Float], slope: [Float]) {
        let (here, further) = (filters(sigma), filters(sigma + step))
        var (blurred, slope) = (clip, clip)
        blurred.withUnsafeMutableBufferPointer { blurred in
            slope.withUnsafeMutableBufferPointer { slope in
                pool.run(items) { item, _ in
                    let values = smooth(clip, item, here)
                    for (position, value) in smooth(clip, item, further).enumerated() {
                        let sample = sample(item, position)
                        blurred[sample] = Float(values[position])
                        slope[sample] = Float((value - values[position]) / step)
                    }
                }
            }
        }
        return (blurred, slope)
    }

    /// The number of work items: frames in space, rows of a frame in time.
    private var items: Int { axis == .space ? shape.frames : shape.height }

    private func filters(_ sigma: Double) -> [GaussianFilter] {
        let lengths = axis == .space ? [shape.height, shape.width] : [shape.frames]
        return lengths.map { GaussianFilter(sigma: sigma, length: $0, edge: edge) }
    }

    /// The index in the clip of an item's value.
    private func sample(_ item: Int, _ position: Int) -> Int {
        switch axis {
        case .space:
            return item * shape.elementsPerFrame + position
        case .time:
            let row = shape.width * shape.channels
            return position / row * shape.elementsPerFrame + item * row + position % row
        }
    }

    /// The blurred values of an item: `[H, W, C]` for a frame, `[T, W, C]` for a row.
    private func smooth(_ clip: [Float], _ item: Int, _ filters: [GaussianFilter]) -> [Double] {
        let count = clip.count / items
        var values = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            for position in 0..<count {
                buffer.initializeElement(at: position, to: Double(clip[sample(item, position)]))
            }
            initialized = count
        }
        values = filters[0].apply(values, row: shape.width * shape.channels)
        guard axis == .space else { return values }
        values = transposed(values, rows: shape.height, columns: shape.width)
        values = filters[1].apply(values, row: shape.height * shape.channels)
        return transposed(values, rows: shape.width, columns: shape.height)
    }

    /// `[rows, columns, C]` as `[columns, rows, C]`.
    private func transposed(_ values: [Double], rows: Int, columns: Int) -> [Double] {
        let channels = shape.channels
        return [Double](unsafeUninitializedCapacity: values.count) { result, count in
            for row in 0..<rows {
                for column in 0..<columns {
                    for channel in 0..<channels {
                        result.initializeElement(
                            at: (column * rows + row) * channels + channel,
                            to: values[(row * columns + column) * channels + channel])
                    }
                }
            }
            count = values.count
        }
    }
}
