import CKernels

/// A max-pool; padding counts as minus infinity. For the backward pass, one byte per output records the position of the
/// maximum in its window.
struct MaxPool: Operation {
    let name: String
    let input: Tensor
    let output: Tensor
    let window: SlidingWindow
    /// One byte for each element of the output.
    let indices: BufferID

    /// - Precondition: the window has at most `ENGINE_POOL_MAXIMUM_TAPS` elements, the kernels' limit. Windows depend
    ///   only on the architecture, not on any input.
    init(name: String, input: Tensor, output: Tensor, window: SlidingWindow, indices: BufferID) {
        let taps = window.kernel.frames * window.kernel.height * window.kernel.width
        precondition(
            taps <= Int(ENGINE_POOL_MAXIMUM_TAPS),
            "\(name): the window covers \(taps) elements; the kernels have room for \(ENGINE_POOL_MAXIMUM_TAPS)")
        self.name = name
        self.input = input
        self.output = output
        self.window = window
        self.indices = indices
    }

    var outputs: [Tensor] { [output] }
    var slidingWindows: [SlidingWindow] { [window] }
    var scratchFloats: Int { 0 }
    var floatingPointOperations: Int { 0 }

    func forward(_ workspace: Workspace) {
        forward(workspace, frames: 0..<window.output.frames)
    }

    /// Writes these frames of the output.
    func forward(_ workspace: Workspace, frames: Range<Int>) {
        let (source, destination) = (workspace.activation(input), workspace.activation(output))
        let winners = workspace.bytes(indices)
        let extent = window.output
        var geometry = window.geometry
        withUnsafePointer(to: &geometry) { geometry in
            workspace.pool.run(frames.count * extent.height) { item, _ in
                let line = frames.lowerBound * extent.height + item
                let offset = line * extent.width * window.channels
                engine_max_pool_line(
                    workspace.kernels, geometry, source, line / extent.height, line % extent.height,
                    destination + offset, winners + offset)
            }
        }
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        backward(workspace, write, frames: 0..<window.input.frames)
    }

    /// Writes these frames of the input's gradient.
    func backward(_ workspace: Workspace, _ write: GradientWrite, frames: Range<Int>) {
        let (source, destination) = (workspace.gradient(output), workspace.gradient(input))
        let winners = workspace.bytes(indices)
        let extent = window.input
        var geometry = window.geometry
        withUnsafePointer(to: &geometry) { geometry in
            workspace.pool.run(frames.count * extent.height) { item, _ in
                let line = frames.lowerBound * extent.height + item
                let rows = line * extent.width..<(line + 1) * extent.width
                engine_max_pool_gradient_line(
                    workspace.kernels, geometry, source, winners, line / extent.height, line % extent.height,
                    destination + rows.lowerBound * window.channels, write.accumulates ? 1 : 0)
                if write.completes { workspace.applyMasks(input, rows: rows, rule: write.rule) }
            }
        }
    }
}
