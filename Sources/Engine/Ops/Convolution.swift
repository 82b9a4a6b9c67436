import CKernels

/// A unit with 3x3x3 filters, or the stem's 7x7x7 with stride 2, as products of patches.
///
/// In the forward pass, a block of rows gathers its patches for one frame of the kernel at a time: rows x (kh * kw *
/// cin) times (kh * kw * cin) x cout, summed over the frames.
///
/// The backward pass is the transpose: a work item computes whole frames of the input's gradient. The products of
/// output rows and filters [cout] x (kh * kw * cin) are first summed over the kernel's frames, for all output frames
/// that depend on the input frame, and then scattered over the frame once.
struct Convolution: Operation {
    let name: String
    let filters: PackedFilters
    let input: Tensor
    let slice: TensorSlice
    let window: SlidingWindow

    var outputs: [Tensor] { [slice.tensor] }
    var slidingWindows: [SlidingWindow] { [window] }
    var floatingPointOperations: Int { 2 * window.output.count * taps * window.channels * slice.channels }
    var scratchFloats: Int {
        max(
            forwardBlocks.largest * (patchLength + slice.channels),
            backwardLines * window.output.width * backwardColumns)
    }

    private var taps: Int { window.kernel.count }
    /// The floats in one line of a window: kw * cin.
    private var lineLength: Int { window.kernel.width * window.channels }
    /// The floats in one frame of a window: kh * kw * cin.
    private var patchLength: Int { window.kernel.height * lineLength }
    /// Blocks whose patches have 256 KB, so that they stay in the cache, but with enough rows to be worth a pass over
    /// the filters.
    private var forwardBlocks: RowBlocks {
        let rows = window.output.count
        return RowBlocks(rows: rows, near: min(max(65_536 / patchLength, 128), 256, max(rows / 16, 32)))
    }

    func forward(_ workspace: Workspace) {
        let source = workspace.activation(input)
        let (columns, blocks) = (slice.channels, forwardBlocks)
        var geometry = window.geometry
        filters.withBias { bias in
            withUnsafePointer(to: &geometry) { geometry in
                workspace.pool.run(blocks.count) { item, worker in
                    let rows = blocks[item]
                    let sums = workspace.scratch(worker)
                    let patches = sums + blocks.largest * columns
                    var block = engine_rows(first: patches, stride: patchLength, depth: patchLength)
                    for frame in 0..<window.kernel.frames {
                        engine_gather_patches(
                            geometry, source, rows.lowerBound, rows.count, frame * window.kernel.height,
                            window.kernel.height, patches)
                        var epilogue = engine_epilogue(sums, stride: columns, accumulates: frame > 0)
                        workspace.kernels.pointee.product(
                            rows.count, &block, 1, filters.forward(frame), columns, &epilogue)
                    }
                    workspace.biasReLU(sums, sourceStride: columns, bias: bias, to: slice, rows: rows)
                }
            }
        }
    }

    /// The columns of the backward products: kh * kw * cin.
    private var backwardColumns: Int { patchLength }
    /// The output lines whose products are held at once: about 1 MB.
    private var backwardLines: Int {
        min(max(1, 262_144 / (window.output.width * backwardColumns)), window.output.height)
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        var geometry = window.geometry
        withUnsafePointer(to: &geometry) { geometry in
            workspace.pool.run(window.input.frames) { frame, worker in
                backward(workspace, write, frame, geometry, workspace.scratch(worker))
            }
        }
    }

    /// The gradient of one frame of the input.
    private func backward(
        _ workspace: Workspace, _ write: GradientWrite, _ frame: Int, _ geometry: UnsafePointer<engine_window>,
        _ products: UnsafeMutablePointer<Float>
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
                // The output frame that reads this frame with the kernel's frame `tap`.
                let shifted = frame + window.before.frames - tap
                guard shifted >= 0, shifted % window.stride.frames == 0 else { continue }
                let outputFrame = shifted / window.stride.frames
                guard outputFrame < window.output.frames else { continue }
                let row = (outputFrame * window.output.height + firstLine) * window.output.width
                var rows = engine_rows(
                    first: source + row * sourceStride, stride: sourceStride, depth: slice.channels)
                var epilogue = engine_epilogue(products, stride: backwardColumns, accumulates: accumulates)
                workspace.kernels.pointee.product(
                    count * window.output.width, &rows, 1, filters.backward(tap), backwardColumns, &epilogue)
                accumulates = true
            }
            guard accumulates else { continue }
            engine_scatter_patches(workspace.kernels, geometry, products, firstLine, count, destination)
        }
        if write.completes {
            workspace.applyMasks(input, rows: frame * plane..<(frame + 1) * plane, rule: write.rule)
        }
    }
}
