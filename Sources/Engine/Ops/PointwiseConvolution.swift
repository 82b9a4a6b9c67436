import CKernels

/// Units with 1x1x1 filters that read the same input: products of its rows, whose columns are written to different
/// tensors.
struct PointwiseConvolution: Operation {
    let name: String
    let filters: PackedFilters
    let input: Tensor
    /// The slices that the units write, in the order of `filters`.
    let slices: [TensorSlice]

    var outputs: [Tensor] { slices.map(\.tensor) }
    var floatingPointOperations: Int { 2 * input.extent.count * input.channels * outputChannels }
    var scratchFloats: Int { 0 }

    private var outputChannels: Int { slices.reduce(0) { $0 + $1.channels } }

    /// Work items that read about 256 KB, which stay in the second-level cache; smaller ones for small frames, so that
    /// there are enough items.
    private func blocks(depth: Int) -> RowBlocks {
        let rows = input.extent.count
        return RowBlocks(rows: rows, near: min(max(65_536 / depth, 32), 256, max(rows / 16, 32)))
    }

    func forward(_ workspace: Workspace) {
        let source = workspace.activation(input)
        let depth = input.channels
        let blocks = blocks(depth: depth)
        filters.withBias { bias in
            workspace.pool.run(blocks.count) { item, _ in
                let rows = blocks[item]
                var block = engine_rows(first: source + rows.lowerBound * depth, stride: depth, depth: depth)
                var first = 0
                for (part, slice) in slices.enumerated() {
                    var epilogue = engine_epilogue(slice, workspace, firstRow: rows.lowerBound, bias: bias + first)
                    workspace.kernels.pointee.product(
                        rows.count, &block, 1, filters.forward(part), slice.channels, &epilogue)
                    first += slice.channels
                }
            }
        }
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        let blocks = blocks(depth: outputChannels)
        workspace.pool.run(blocks.count) { item, _ in
            let rows = blocks[item]
            let sources = slices.map { slice in
                let stride = slice.tensor.channels
                return engine_rows(
                    first: workspace.gradient(slice.tensor) + rows.lowerBound * stride + slice.firstChannel,
                    stride: stride, depth: slice.channels)
            }
            var epilogue = engine_epilogue(
                workspace.gradient(input) + rows.lowerBound * input.channels, stride: input.channels,
                accumulates: write.accumulates)
            workspace.kernels.pointee.product(
                rows.count, sources, sources.count, filters.backward(0), input.channels, &epilogue)
            if write.completes { workspace.applyMasks(input, rows: rows, rule: write.rule) }
        }
    }
}

extension engine_epilogue {
    /// The epilogue of a unit's outputs from `firstRow` on: bias, ReLU and masks.
    init(_ slice: TensorSlice, _ workspace: Workspace, firstRow: Int, bias: UnsafePointer<Float>) {
        let stride = slice.tensor.channels
        self.init(
            destination: workspace.activation(slice.tensor) + firstRow * stride + slice.firstChannel, stride: stride,
            bias: bias, accumulates: 0, masks: workspace.bytes(slice.mask.buffer) + firstRow * slice.mask.stride,
            mask_stride: slice.mask.stride, mask_channels: slice.channels, guided: 0)
    }

    /// An epilogue that writes the sums unchanged, or adds them to the destination.
    init(_ destination: UnsafeMutablePointer<Float>, stride: Int, accumulates: Bool) {
        self.init(
            destination: destination, stride: stride, bias: nil, accumulates: accumulates ? 1 : 0, masks: nil,
            mask_stride: 0, mask_channels: 0, guided: 0)
    }
}
