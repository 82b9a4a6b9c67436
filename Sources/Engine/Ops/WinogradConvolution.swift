import CKernels

/// A unit with 3x3x3 filters and stride 1 as nested Winograd convolution F(4, 3)³: an eighth of the products, with
/// rounding errors two to four times as large (Lavin and Gray, arXiv 1509.09308).
///
/// The backward pass uses the same kernel with rotated and transposed filters, since SAME padding is symmetric here. A
/// work item has up to 16 tiles of 4x4x4 outputs; if an edge of the activation is not a multiple of 4, its last tiles
/// are smaller.
struct WinogradConvolution: RangedOperation {
    let name: String
    let filters: WinogradFilters
    let input: Tensor
    let slice: TensorSlice
    let flatOutputs: FlatOutputs

    var outputs: [Tensor] { [slice.tensor] }
    var floatingPointOperations: Int { 2 * input.extent.count * 27 * input.channels * slice.channels }
    var temporaryBuffers: [BufferID] { [flatOutputs.repeats, flatOutputs.flat] }
    var scratchFloats: Int {
        let transformed = [shape(input.channels, slice.channels, all), shape(slice.channels, input.channels, all)].map {
            shape in
            withUnsafePointer(to: shape) { engine_winograd_scratch_floats($0) }
        }.reduce(0, max)
        return max(transformed, flatOutputs.scratchFloats(columns: slice.channels))
    }

    var framesPerTile: Int { filters.framesPerTile }
    var gradientReach: (before: Int, after: Int) { (1, 1) }

    private var all: Range<Int> { 0..<input.extent.frames }

    private func shape(_ inputChannels: Int, _ outputChannels: Int, _ frames: Range<Int>) -> engine_winograd {
        let extent = input.extent
        return engine_winograd(
            frames: extent.frames, height: extent.height, width: extent.width, in_channels: inputChannels,
            out_channels: outputChannels, before: 1, tile_frames: filters.framesPerTile,
            first_time: frames.lowerBound / filters.framesPerTile,
            time_count: (frames.count + filters.framesPerTile - 1) / filters.framesPerTile)
    }

    func forward(_ workspace: Workspace) {
        forward(workspace, frames: all)
    }

    func forward(_ workspace: Workspace, frames: Range<Int>) {
        filters.withForward { filters, bias in
            let epilogue = engine_epilogue(
                destination: workspace.activation(slice.tensor) + slice.firstChannel, stride: slice.tensor.channels,
                bias: bias, accumulates: 0, masks: workspace.bytes(slice.mask.buffer), mask_stride: slice.mask.stride,
                mask_channels: slice.channels, guided: 0)
            run(
                workspace, shape(input.channels, slice.channels, frames), workspace.activation(input), input.channels,
                filters, epilogue)
            let samples = engine_samples(values: workspace.activation(input), bytes: nil, scale: 1, offset: 0)
            self.filters.withPlain { plain in
                flatOutputs.forward(
                    workspace, samples, filters: plain, columns: slice.channels, epilogue: epilogue, frames: frames)
            }
        }
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        backward(workspace, write, frames: all)
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite, frames: Range<Int>) {
        // The mask of a single producer is applied in the epilogue; several masks (of a concatenation) afterwards.
        let mask = input.masks.count == 1 && input.masks[0].firstChannel == 0 ? input.masks[0] : nil
        filters.withBackward { filters in
            var epilogue = engine_epilogue(
                destination: workspace.gradient(input), stride: input.channels, bias: nil,
                accumulates: write.accumulates ? 1 : 0, masks: nil, mask_stride: 0, mask_channels: 0,
                guided: write.rule == .guided ? 1 : 0)
            if write.completes, let mask {
                epilogue.masks = workspace.bytes(mask.buffer)
                epilogue.mask_stride = mask.stride
                epilogue.mask_channels = mask.channels
            }
            run(
                workspace, shape(slice.channels, input.channels, frames),
                workspace.gradient(slice.tensor) + slice.firstChannel,
                slice.tensor.channels, filters, epilogue)
        }
        guard write.completes, mask == nil else { return }
        let plane = input.extent.plane
        workspace.pool.run(frames.count) { index, _ in
            let frame = frames.lowerBound + index
            workspace.applyMasks(input, rows: frame * plane..<(frame + 1) * plane, rule: write.rule)
        }
    }

    private func run(
        _ workspace: Workspace, _ shape: engine_winograd, _ source: UnsafePointer<Float>, _ stride: Int,
        _ filters: UnsafePointer<Float>, _ epilogue: engine_epilogue
    ) {
        withUnsafePointer(to: shape) { shape in
            withUnsafePointer(to: epilogue) { epilogue in
                let tiles = engine_winograd_tiles(shape)
                let tilesPerItem = Int(WINOGRAD_ROWS)
                workspace.pool.run((tiles + tilesPerItem - 1) / tilesPerItem) { item, worker in
                    let first = item * tilesPerItem
                    workspace.kernels.pointee.winograd(
                        shape, source, stride, filters, first, min(tilesPerItem, tiles - first),
                        workspace.scratch(worker), epilogue)
                }
            }
        }
    }
}
