extension [Float] {
    /// The elements of a strided view of this storage, dense and row-major.
    ///
    /// - Parameters:
    ///   - shape: sizes of the axes.
    ///   - strides: for each axis, in elements. The view begins at this array's first element and lies inside the
    ///     array.
    func strided(shape: [Int], strides: [Int]) -> [Float] {
        guard let innerSize = shape.last, let innerStride = strides.last else { return self }
        let count = shape.reduce(1, *)
        var dense: [Float] = []
        dense.reserveCapacity(count)
        var index = [Int](repeating: 0, count: shape.count - 1)
        var start = 0
        while dense.count < count {
            for step in 0..<innerSize { dense.append(self[start + step * innerStride]) }
            // Counts up like an odometer, from the last axis but one.
            for axis in index.indices.reversed() {
                index[axis] += 1
                start += strides[axis]
                if index[axis] < shape[axis] { break }
                start -= strides[axis] * shape[axis]
                index[axis] = 0
            }
        }
        return dense
    }
}

extension Pickle.Tensor {
    /// Whether its elements are consecutive in row-major order; strides of axes of size 1 do not matter.
    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            if stride != expected { return false }
            expected *= size
        }
        return true
    }

    /// The number of the storage's elements from the view's first to its last.
    var extent: Int {
        shape.contains(0) ? 0 : zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    }
}
