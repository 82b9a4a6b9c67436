import CKernels

/// A unit with 3x3x3 filters, or the stem's 7x7x7 with stride 2, as matrix products.
///
/// Forward, a block of rows gathers its patches a few lines of the window at a time, so that they stay in the cache:
/// rows x (lines * kw * cin) times (lines * kw * cin) x cout, summed over the lines.
///
/// Backward, the transpose, with the same filters as they lie: an item owns whole frames of the input's gradient. The
/// products of output rows and filters [cout] x (kh * kw * cin) are summed over the kernel's frames first, for every
/// frame that the input frame was seen from, and then scattered over the frame once.
struct Convolution: Operation {
    let weights: PreparedConvolution
    let input: Tensor
    let slice: TensorSlice
    let window: SlidingWindow

    init(weights: PreparedConvolution, input: Tensor, slice: TensorSlice, window: SlidingWindow) {
        self.weights = weights
        self.input = input
        self.slice = slice
        self.window = window
    }

    var name: String { weights.name }
    var outputs: [Tensor] { [slice.tensor] }
    var floatingPointOperations: Int { 2 * window.output.count * taps * window.channels * slice.channels }
    var scratchFloats: Int {
        max(
            forwardBlocks.largest * (linesAtOnce * lineLength + slice.channels),
            backwardLines * window.output.width * backwardColumns)
    }

    private var taps: Int { window.kernel.count }
    /// Floats of a window's line: kw * cin.
    private var lineLength: Int { window.kernel.width * window.channels }
    /// Lines of a window: kt * kh.
    private var lines: Int { window.kernel.frames * window.kernel.height }
    private var forwardBlocks: RowBlocks { RowBlocks(rows: window.output.count, near: 256) }
    /// As many lines as make patches of 128 KB, at least one: small patches stay close, and short sums round less.
    private var linesAtOnce: Int { min(max(1, 32_768 / (forwardBlocks.largest * lineLength)), lines) }

    func forward(_ workspace: Workspace) {
        let source = workspace.activation(input)
        let columns = slice.channels
        var geometry = window.geometry
        weights.withPointers { filters, bias in
            withUnsafePointer(to: &geometry) { geometry in
                workspace.pool.run(forwardBlocks.count) { item, worker in
                    let rows = forwardBlocks[item]
                    let sums = workspace.scratch(worker)
                    let patches = sums + forwardBlocks.largest * columns
                    for first in stride(from: 0, to: lines, by: linesAtOnce) {
                        let count = min(linesAtOnce, lines - first)
                        engine_gather_patches(geometry, source, rows.lowerBound, rows.count, first, count, patches)
                        MatrixProduct.compute(
                            rows: rows.count, columns: columns, depth: count * lineLength, a: patches,
                            aStride: count * lineLength, b: filters + first * lineLength * columns, bStride: columns,
                            accumulates: first > 0, c: sums, cStride: columns)
                    }
                    workspace.biasReLU(sums, sourceStride: columns, bias: bias, to: slice, rows: rows)
                }
            }
        }
    }

    /// Columns of the backward products: kh * kw * cin.
    private var backwardColumns: Int { window.kernel.height * lineLength }
    /// Output lines whose products are held at once: about 1 MB of them.
    private var backwardLines: Int {
        min(max(1, 262_144 / (window.output.width * backwardColumns)), window.output.height)
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        var geometry = window.geometry
        weights.withPointers { filters, _ in
            withUnsafePointer(to: &geometry) { geometry in
                workspace.pool.run(window.input.frames) { frame, worker in
                    backward(workspace, write, frame, filters, geometry, workspace.scratch(worker))
                }
            }
        }
    }

    /// The gradient of one frame of the input.
    private func backward(
        _ workspace: Workspace, _ write: GradientWrite, _ frame: Int, _ filters: UnsafePointer<Float>,
        _ geometry: UnsafePointer<engine_window>, _ products: UnsafeMutablePointer<Float>
    ) {
        let plane = window.input.plane
        let destination = workspace.gradient(input) + frame * plane * window.channels
        let source = workspace.gradient(slice.tensor) + slice.firstChannel
        let sourceStride = slice.tensor.channels
        if !write.accumulates { destination.update(repeating: 0, count: plane * window.channels) }

        for firstLine in stride(from: 0, to: window.output.height, by: backwardLines) {
            let count = min(backwardLines, window.output.height - firstLine)
            var accumulates = false
            for tap in 0..<window.kernel.frames {
                // The output frame that saw this frame under its tap.
                let shifted = frame + window.before.frames - tap
                guard shifted >= 0, shifted % window.stride.frames == 0 else { continue }
                let outputFrame = shifted / window.stride.frames
                guard outputFrame < window.output.frames else { continue }
                let row = (outputFrame * window.output.height + firstLine) * window.output.width
                MatrixProduct.compute(
                    rows: count * window.output.width, columns: backwardColumns, depth: slice.channels,
                    a: source + row * sourceStride, aStride: sourceStride,
                    b: filters + tap * backwardColumns * slice.channels, bStride: slice.channels, transposed: true,
                    accumulates: accumulates, c: products, cStride: backwardColumns)
                accumulates = true
            }
            guard accumulates else { continue }
            engine_scatter_patches(workspace.kernels, geometry, products, firstLine, count, destination)
        }
        if write.completes {
            workspace.applyGates(input, rows: frame * plane..<(frame + 1) * plane, rule: write.rule)
        }
    }
}
