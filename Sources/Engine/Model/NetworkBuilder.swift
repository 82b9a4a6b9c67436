/// Creates the network's operations for one clip shape, then plans its memory from the times at which each buffer is
/// used.
///
/// With n operations, forward step i runs at time i, the head at n and n + 1, and backward step i at 2n + 1 − i.
struct NetworkBuilder {
    private enum Lifetime {
        case activation
        case gradient
        /// Used within one step of the forward pass only.
        case temporary
        /// Masks, pool indices: written in the forward pass, read by every backward pass.
        case kept
    }

    private let memory: MemoryUse
    private var clipBytes = BufferID(index: 0)
    private var operations: [any Operation] = []
    private var endpoints: [[(name: String, tensor: Tensor)]] = []
    private var buffers: [(bytes: Int, lifetime: Lifetime)] = []

    /// The plan for clips of `shape`, which the caller has checked.
    ///
    /// - Parameter keepsOverlap: whether to keep the results that overlapping windows share, as far as the model allows
    ///   it.
    static func plan(_ model: I3DModel, _ shape: ClipShape, keepsOverlap: Bool = false) -> NetworkPlan {
        var builder = NetworkBuilder(memory: model.memory)
        let extent = Size3D(frames: shape.frames, height: shape.height, width: shape.width)
        let clip = builder.tensor(extent, shape.channels)
        builder.clipBytes = builder.buffer(clip.count, .kept)
        let last = builder.layers(model, clip)
        let head = Head(weights: model.head, input: last, sums: builder.buffer(Head.sumBytes(last), .kept))
        let readsBytes = builder.operations.first.map {
            $0 is WinogradStem || ($0 as? BandedConvolutionPool)?.unit is WinogradStem
        }
        let overlap = keepsOverlap ? builder.overlap() : nil
        return builder.finish(
            clip: clip, clipBytes: readsBytes == true ? builder.clipBytes : nil, head: head, overlap: overlap)
    }

    private mutating func layers(_ model: I3DModel, _ clip: Tensor) -> Tensor {
        var x = pooledUnit("Conv3d_1a_7x7", model.stem, clip, stride: 2, pool: "MaxPool3d_2a_3x3")
        x = unit(model.conv2b, x)
        endpoint("Conv3d_2b_1x1", x)
        x = pooledUnit("Conv3d_2c_3x3", model.conv2c, x, pool: "MaxPool3d_3a_3x3")
        for block in model.blocks {
            if block.name == "Mixed_4b" { x = pool("MaxPool3d_4a_3x3", x, .cube(3), stride: .cube(2)) }
            if block.name == "Mixed_5b" { x = pool("MaxPool3d_5a_2x2", x, .cube(2), stride: .cube(2)) }
            x = mixed(block, x)
            endpoint(block.name, x)
        }
        return x
    }

    private mutating func mixed(_ block: I3DModel.Block, _ x: Tensor) -> Tensor {
        let widths = block.entry.widths
        var y = tensor(x.extent, block.outputChannels)
        var reduced1 = tensor(x.extent, widths[1])
        var reduced2 = tensor(x.extent, widths[2])
        // Each `slice` call adds a mask to its tensor, so all calls precede the copies of the tensors into operations.
        let branch0 = slice(&y, widths[0])
        let branch1 = slice(&y, block.branch1.outputChannels)
        let branch2 = slice(&y, block.branch2.outputChannels)
        let branch3 = slice(&y, block.branch3.outputChannels)
        let reduce1 = slice(&reduced1, reduced1.channels)
        let reduce2 = slice(&reduced2, reduced2.channels)

        add(operation(block.entry, x, [branch0, reduce1, reduce2]))
        add(operation(block.branch1, reduced1, [branch1]))
        add(operation(block.branch2, reduced2, [branch2]))
        let pooled = pool("\(block.name)/Branch_3/MaxPool3d_0a_3x3", x, .cube(3), stride: .cube(1))
        add(operation(block.branch3, pooled, [branch3]))
        return y
    }

    /// Adds a unit that writes a whole tensor; returns the tensor.
    private mutating func unit(_ weights: PreparedConvolution, _ x: Tensor, stride: Int = 1) -> Tensor {
        var y = tensor(window(weights, x, stride: stride).output, weights.outputChannels)
        let all = slice(&y, y.channels)
        add(operation(weights, x, [all], stride: stride))
        return y
    }

    /// Adds a unit and the 1x3x3 pool with stride 2 after it; with little memory in bands, and then the unit is not an
    /// endpoint.
    private mutating func pooledUnit(
        _ name: String, _ weights: PreparedConvolution, _ x: Tensor, stride: Int = 1, pool poolName: String
    ) -> Tensor {
        let (kernel, poolStride) = (Kernel3D(1, 3, 3), Kernel3D(1, 2, 2))
        let extent = window(weights, x, stride: stride).output
        var between = tensor(extent, weights.outputChannels)
        let all = slice(&between, between.channels)
        let unit = operation(weights, x, [all], stride: stride)
        guard memory == .low, let unit = unit as? any RangedOperation else {
            add(unit)
            endpoint(name, between)
            return pool(poolName, between, kernel, stride: poolStride)
        }
        let held = BandedConvolutionPool.heldFrames(extent, reach: unit.gradientReach)
        let frameBytes = buffers[between.activation.index].bytes / extent.frames
        buffers[between.activation.index].bytes = held.activation * frameBytes
        buffers[between.gradient.index].bytes = held.gradient * frameBytes
        let pool = maxPool(poolName, between, kernel, stride: poolStride)
        add(BandedConvolutionPool(unit: unit, pool: pool))
        endpoint(poolName, pool.output)
        return pool.output
    }

    /// The operation that computes `weights`. Units side by side, which must have 1x1x1 filters, write one slice each.
    private mutating func operation(
        _ weights: PreparedConvolution, _ x: Tensor, _ slices: [TensorSlice], stride: Int = 1
    ) -> any Operation {
        switch (weights.filters, weights.kernel) {
        case (.packed(let filters), 1):
            PointwiseConvolution(name: weights.name, filters: filters, input: x, slices: slices)
        case (.packed(let filters), _):
            Convolution(
                name: weights.name, filters: filters, input: x, slice: slices[0],
                window: window(weights, x, stride: stride))
        case (.winograd(let filters), 7):
            WinogradStem(
                name: weights.name, filters: filters, input: x, bytes: clipBytes, slice: slices[0],
                flatOutputs: flatOutputs(window(weights, x, stride: stride)))
        case (.winograd(let filters), _):
            WinogradConvolution(
                name: weights.name, filters: filters, input: x, slice: slices[0],
                flatOutputs: flatOutputs(window(weights, x, stride: stride)))
        }
    }

    private mutating func flatOutputs(_ window: SlidingWindow) -> FlatOutputs {
        FlatOutputs(
            window: window, repeats: buffer(FlatOutputs.repeatsSize(window), .temporary),
            flat: buffer(FlatOutputs.flatSize(window), .temporary))
    }

    private func window(_ weights: PreparedConvolution, _ x: Tensor, stride: Int) -> SlidingWindow {
        SlidingWindow(over: x.extent, channels: x.channels, kernel: .cube(weights.kernel), stride: .cube(stride))
    }

    private mutating func pool(_ name: String, _ x: Tensor, _ kernel: Kernel3D, stride: Kernel3D) -> Tensor {
        let pool = maxPool(name, x, kernel, stride: stride)
        add(pool)
        endpoint(name, pool.output)
        return pool.output
    }

    private mutating func maxPool(_ name: String, _ x: Tensor, _ kernel: Kernel3D, stride: Kernel3D) -> MaxPool {
        let window = SlidingWindow(over: x.extent, channels: x.channels, kernel: kernel, stride: stride)
        let y = tensor(window.output, x.channels)
        return MaxPool(name: name, input: x, output: y, window: window, indices: buffer(y.count, .kept))
    }

    // MARK: - Buffers

    private mutating func buffer(_ bytes: Int, _ lifetime: Lifetime) -> BufferID {
        buffers.append((bytes, lifetime))
        return BufferID(index: buffers.count - 1)
    }

    private mutating func tensor(_ extent: Size3D, _ channels: Int) -> Tensor {
        let bytes = extent.count * channels * MemoryLayout<Float>.stride
        return Tensor(
            extent: extent, channels: channels, activation: buffer(bytes, .activation),
            gradient: buffer(bytes, .gradient))
    }

    /// The tensor's next `channels` channels, with their own masks.
    private mutating func slice(_ tensor: inout Tensor, _ channels: Int) -> TensorSlice {
        let stride = (channels + 15) / 16 * 2
        let first = tensor.masks.last.map { $0.firstChannel + $0.channels } ?? 0
        let mask = ReLUMask(
            buffer: buffer(tensor.extent.count * stride, .kept), firstChannel: first, channels: channels,
            stride: stride)
        tensor.masks.append(mask)
        return TensorSlice(tensor: tensor, mask: mask)
    }

    private mutating func add(_ operation: any Operation) {
        operations.append(operation)
        endpoints.append([])
    }

    /// Names an output of the operation that was added last.
    private mutating func endpoint(_ name: String, _ tensor: Tensor) {
        endpoints[endpoints.count - 1].append((name, tensor))
    }

    // MARK: - Plan

    /// Keeps the outputs of the pools after units that use Winograd convolution; with bands they are not available.
    private mutating func overlap() -> OverlapPlan? {
        guard operations.count > 4, let stem = operations[0] as? WinogradStem, let pool = operations[1] as? MaxPool
        else { return nil }
        var second: OverlapPlan.Stage?
        if let unit = operations[3] as? WinogradConvolution, let pool = operations[4] as? MaxPool {
            second = OverlapPlan.Stage(unit: unit, slice: unit.slice, pool: pool, reach: (1, 1))
        }
        // A tile of the stem reads from one block before it to two after it.
        let plan = OverlapPlan(
            stem: OverlapPlan.Stage(unit: stem, slice: stem.slice, pool: pool, reach: (1, 2)), second: second)
        for stage in [plan.stem, plan.second] {
            if let stage { buffers[stage.pool.output.activation.index].lifetime = .kept }
        }
        return plan
    }

    private func finish(clip: Tensor, clipBytes: BufferID?, head: Head, overlap: OverlapPlan?) -> NetworkPlan {
        let count = operations.count
        let end = 2 * count + 1
        // The first and last time at which each buffer is used.
        var lives = buffers.map { _ in (first: Int.max, last: Int.min) }
        func touch(_ buffer: BufferID, _ time: Int) {
            lives[buffer.index].first = min(lives[buffer.index].first, time)
            lives[buffer.index].last = max(lives[buffer.index].last, time)
        }
        for (index, operation) in operations.enumerated() {
            for tensor in operation.outputs + operation.internals + [operation.input] {
                touch(tensor.activation, index)
                touch(tensor.gradient, end - index)
            }
            for buffer in operation.temporaryBuffers { touch(buffer, index) }
        }
        touch(head.input.activation, count)
        touch(head.input.gradient, count + 1)
        for (index, buffer) in buffers.enumerated() where buffer.lifetime == .kept {
            lives[index] = (0, end)
        }
        // The clip stays until it is replaced.
        lives[clip.activation.index] = (0, end)

        let requests = zip(buffers, lives).map { buffer, life in
            ArenaPlan.Request(bytes: buffer.bytes, first: life.first, last: life.last)
        }
        let arena = ArenaPlan(requests)
        let scratch = operations.map(\.scratchFloats).max() ?? 0
        return NetworkPlan(
            clip: clip, clipBytes: clipBytes, steps: steps(), overlap: overlap, head: head, offsets: arena.offsets,
            size: arena.size,
            scratchStride: ArenaPlan.aligned(scratch * MemoryLayout<Float>.stride))
    }

    private func steps() -> [NetworkPlan.Step] {
        operations.indices.map { index in
            let input = operations[index].input.gradient
            let consumers = operations.indices.filter { operations[$0].input.gradient == input }
            return NetworkPlan.Step(
                operation: operations[index], accumulates: index != consumers.last,
                completes: index == consumers.first, endpoints: endpoints[index])
        }
    }
}
