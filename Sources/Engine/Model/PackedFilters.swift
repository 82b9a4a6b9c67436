import CKernels

/// Filters packed for products of rows, for both directions; shared by all sessions.
///
/// For 1x1x1 units side by side, there is one forward part per unit and one backward part for all; for larger kernels,
/// each direction has one part per frame of the kernel.
///
/// `@unchecked Sendable` because the memory is written only in `init`.
final class PackedFilters: @unchecked Sendable {
    /// A matrix `[depth][columns]` whose element (k, n) is the filters' element `offset + k * stride + n *
    /// columnStride`.
    private struct Part {
        let depth: Int
        let columns: Int
        let offset: Int
        let stride: Int
        let columnStride: Int

        var bytes: Int { ArenaPlan.aligned(engine_packed_floats(depth, columns) * MemoryLayout<Float>.stride) }
    }

    private let memory: Arena
    private let forwardOffsets: [Int]
    private let backwardOffsets: [Int]
    private let bias: [Float]

    /// - Throws: `tooLarge` if there is not enough memory.
    init(_ unit: FoldedConvolution) throws(ModelError) {
        let (forward, backward) = Self.parts(unit)
        var offsets: [Int] = []
        var size = 0
        for part in forward + backward {
            offsets.append(size)
            size += part.bytes
        }
        let memory = try Arena(size: size, purpose: "the network's weights need")
        unit.filters.withUnsafeBufferPointer { filters in
            guard let filters = filters.baseAddress else { return }
            for (part, offset) in zip(forward + backward, offsets) {
                engine_pack_filters(
                    part.depth, part.columns, filters + part.offset, part.stride, part.columnStride,
                    (memory.base + offset).assumingMemoryBound(to: Float.self))
            }
        }
        self.memory = memory
        forwardOffsets = Array(offsets.prefix(forward.count))
        backwardOffsets = Array(offsets.dropFirst(forward.count))
        bias = unit.bias
    }

    private static func parts(_ unit: FoldedConvolution) -> (forward: [Part], backward: [Part]) {
        let (cin, cout) = (unit.inputChannels, unit.outputChannels)
        if unit.kernel == 1 {
            var first = 0
            let forward = unit.widths.map { width in
                defer { first += width }
                return Part(depth: cin, columns: width, offset: first, stride: cout, columnStride: 1)
            }
            return (forward, [Part(depth: cout, columns: cin, offset: 0, stride: 1, columnStride: cout)])
        }
        let rows = unit.kernel * unit.kernel * cin
        return (
            (0..<unit.kernel).map { frame in
                Part(depth: rows, columns: cout, offset: frame * rows * cout, stride: cout, columnStride: 1)
            },
            (0..<unit.kernel).map { frame in
                Part(depth: cout, columns: rows, offset: frame * rows * cout, stride: 1, columnStride: cout)
            }
        )
    }

    /// A part of the forward pass's filters; valid as long as this object lives.
    func forward(_ part: Int) -> UnsafePointer<Float> { pointer(forwardOffsets[part]) }

    /// A part of the backward pass's filters; valid as long as this object lives.
    func backward(_ part: Int) -> UnsafePointer<Float> { pointer(backwardOffsets[part]) }

    /// Calls `body` with the biases, which are valid during the call.
    func withBias(_ body: (UnsafePointer<Float>) -> Void) {
        bias.withUnsafeBufferPointer { bias in
            if let bias = bias.baseAddress { body(bias) }
        }
    }

    private func pointer(_ offset: Int) -> UnsafePointer<Float> {
        UnsafePointer((memory.base + offset).assumingMemoryBound(to: Float.self))
    }
}
