import CKernels

/// The stem, 7x7x7 filters with stride 2, as nested Winograd convolution F(4, 4)³: over blocks of 2x2x2 elements of the
/// clip, it is a 4x4x4 convolution with stride 1 of 8C input channels, which takes about an eighth of the products.
///
/// The clip is not rearranged: the kernels read and write its blocks in place. The backward pass is the same
/// convolution with rotated and transposed filters, and with blocks as its output. A work item has up to 16 tiles of
/// 4x4x4 outputs.
struct WinogradStem: RangedOperation {
    let name: String
    let filters: WinogradFilters
    let input: Tensor
    /// The clip as bytes; used if `Workspace.byteRange` is set.
    let bytes: BufferID
    let slice: TensorSlice
    let flatOutputs: FlatOutputs

    var outputs: [Tensor] { [slice.tensor] }
    var slidingWindows: [SlidingWindow] { [flatOutputs.window] }
    var temporaryBuffers: [BufferID] { [flatOutputs.repeats, flatOutputs.flat] }
    var floatingPointOperations: Int { 2 * slice.tensor.extent.count * 343 * input.channels * slice.channels }
    var scratchFloats: Int {
        max(
            engine_stem_scratch_floats(input.channels, slice.channels),
            flatOutputs.scratchFloats(columns: slice.channels))
    }

    var framesPerTile: Int { 4 }
    var gradientReach: (before: Int, after: Int) { (2, 1) }
    private var all: Range<Int> { 0..<slice.tensor.extent.frames }

    private func blocks(_ workspace: Workspace) -> engine_blocks {
        let extent = input.extent
        let range = workspace.byteRange
        return engine_blocks(
            frames: extent.frames, height: extent.height, width: extent.width, channels: input.channels,
            bytes: range == nil ? nil : UnsafePointer(workspace.bytes(bytes)), scale: range?.scale ?? 1,
            offset: range?.offset ?? 0)
    }

    private func shape(
        _ inputChannels: Int, _ outputChannels: Int, before: Int, _ frames: Range<Int>
    ) -> engine_winograd {
        let extent = slice.tensor.extent
        return engine_winograd(
            frames: extent.frames, height: extent.height, width: extent.width, in_channels: inputChannels,
            out_channels: outputChannels, before: before, tile_frames: 4, first_time: frames.lowerBound / 4,
            time_count: (frames.count + 3) / 4)
    }

    func forward(_ workspace: Workspace) {
        forward(workspace, frames: all)
    }

    func forward(_ workspace: Workspace, frames: Range<Int>) {
        var shape = shape(8 * input.channels, slice.channels, before: 1, frames)
        var blocks = blocks(workspace)
        filters.withForward { filters, bias in
            var epilogue = engine_epilogue(
                destination: workspace.activation(slice.tensor) + slice.firstChannel, stride: slice.tensor.channels,
                bias: bias, accumulates: 0, masks: workspace.bytes(slice.mask.buffer), mask_stride: slice.mask.stride,
                mask_channels: slice.channels, guided: 0)
            withUnsafePointer(to: &shape) { shape in
                withUnsafePointer(to: &blocks) { blocks in
                    withUnsafePointer(to: &epilogue) { epilogue in
                        run(workspace, shape) { first, count, scratch in
                            workspace.kernels.pointee.stem(
                                shape, blocks, workspace.activation(input), filters, first, count, scratch, epilogue)
                        }
                    }
                }
            }
            let samples = engine_samples(
                values: workspace.activation(input), bytes: blocks.bytes, scale: blocks.scale, offset: blocks.offset)
            self.filters.withPlain { plain in
                flatOutputs.forward(
                    workspace, samples, filters: plain, columns: slice.channels, epilogue: epilogue, frames: frames)
            }
        }
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        backward(workspace, write, frames: all)
    }

    /// The clip has one consumer and no masks, so its gradient is always written, never accumulated.
    func backward(_ workspace: Workspace, _ write: GradientWrite, frames: Range<Int>) {
        var shape = shape(slice.channels, 8 * input.channels, before: 2, frames)
        var blocks = blocks(workspace)
        filters.withBackward { filters in
            withUnsafePointer(to: &shape) { shape in
                withUnsafePointer(to: &blocks) { blocks in
                    run(workspace, shape) { first, count, scratch in
                        workspace.kernels.pointee.stem_gradient(
                            shape, blocks, workspace.gradient(slice.tensor) + slice.firstChannel,
                            slice.tensor.channels, filters, first, count, scratch, workspace.gradient(input))
                    }
                }
            }
        }
    }

    private func run(
        _ workspace: Workspace, _ shape: UnsafePointer<engine_winograd>,
        _ body: (_ first: Int, _ count: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
    ) {
        let tiles = engine_winograd_tiles(shape)
        let tilesPerItem = Int(WINOGRAD_ROWS)
        workspace.pool.run((tiles + tilesPerItem - 1) / tilesPerItem) { item, worker in
            let first = item * tilesPerItem
            body(first, min(tilesPerItem, tiles - first), workspace.scratch(worker))
        }
    }
}
