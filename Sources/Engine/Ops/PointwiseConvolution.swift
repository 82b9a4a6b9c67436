/// Units with 1x1x1 filters that read the same input: one product, whose columns end in different tensors.
struct PointwiseConvolution: Operation {
    /// Side by side: filters `[cin][sum of couts]`, biases `[sum of couts]`.
    let weights: PreparedConvolution
    let input: Tensor
    /// Where the columns go, left to right.
    let slices: [TensorSlice]

    var name: String { weights.name }
    var outputs: [Tensor] { slices.map(\.tensor) }
    var floatingPointOperations: Int { 2 * input.extent.count * weights.inputChannels * weights.outputChannels }
    var scratchFloats: Int { blocks.largest * weights.outputChannels }

    private var blocks: RowBlocks { RowBlocks(rows: input.extent.count, near: 256) }

    func forward(_ workspace: Workspace) {
        let source = workspace.activation(input)
        let (depth, columns) = (weights.inputChannels, weights.outputChannels)
        weights.withPointers { filters, bias in
            workspace.pool.run(blocks.count) { item, worker in
                let rows = blocks[item]
                let sums = workspace.scratch(worker)
                MatrixProduct.compute(
                    rows: rows.count, columns: columns, depth: depth, a: source + rows.lowerBound * depth,
                    aStride: depth, b: filters, bStride: columns, accumulates: false, c: sums, cStride: columns)
                var column = 0
                for slice in slices {
                    workspace.biasReLU(
                        sums + column, sourceStride: columns, bias: bias + column, to: slice, rows: rows)
                    column += slice.channels
                }
            }
        }
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        let destination = workspace.gradient(input)
        let (columns, depth) = (weights.inputChannels, weights.outputChannels)
        weights.withPointers { filters, _ in
            workspace.pool.run(blocks.count) { item, worker in
                let rows = blocks[item]
                var accumulates = write.accumulates
                var column = 0
                for slice in slices {
                    let stride = slice.tensor.channels
                    MatrixProduct.compute(
                        rows: rows.count, columns: columns, depth: slice.channels,
                        a: workspace.gradient(slice.tensor) + rows.lowerBound * stride + slice.firstChannel,
                        aStride: stride, b: filters + column, bStride: depth, transposed: true,
                        accumulates: accumulates, c: destination + rows.lowerBound * columns, cStride: columns)
                    accumulates = true
                    column += slice.channels
                }
                if write.completes { workspace.applyGates(input, rows: rows, rule: write.rule) }
            }
        }
    }
}
