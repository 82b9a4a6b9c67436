/// One step of the network for one clip shape, forward and backward.
///
/// An operation owns its weights' layout and how it computes; the plan owns which buffers it works on and when. It
/// splits its work into items whose size depends on the shape alone, so that results do not depend on the threads.
protocol Operation: Sendable {
    /// For people: the unit's name in the checkpoint, or the pool's in the published graph.
    var name: String { get }
    /// Read forward; its gradient is written backward.
    var input: Tensor { get }
    /// Written forward; their gradients, already past their masks, are read backward.
    var outputs: [Tensor] { get }
    /// Tensors that nobody else sees.
    var internals: [Tensor] { get }
    /// Buffers that are written and read within one forward pass of this operation.
    var passingBuffers: [BufferID] { get }
    /// Scratch memory a worker needs, in floats.
    var scratchFloats: Int { get }
    /// The windows between the positions of the input and those of the outputs, first to last; none where they are the same.
    var slidingWindows: [SlidingWindow] { get }
    /// Products and sums of one direction, as the network is published; 0 for what is not a convolution.
    var floatingPointOperations: Int { get }

    func forward(_ workspace: Workspace)
    /// The gradient of the input from the gradients of the outputs; reads no activation.
    func backward(_ workspace: Workspace, _ write: GradientWrite)
}

extension Operation {
    var internals: [Tensor] { [] }
    var passingBuffers: [BufferID] { [] }
    var slidingWindows: [SlidingWindow] { [] }
}

/// An operation some of whose frames can be computed without the others.
protocol RangedOperation: Operation {
    /// Stretches begin at multiples of it; they end there or at the end.
    var framesPerTile: Int { get }
    /// Of the output's gradient, the frames before and after a stretch of the input that its gradient depends on.
    var gradientReach: (before: Int, after: Int) { get }

    /// Writes these frames of the outputs.
    func forward(_ workspace: Workspace, frames: Range<Int>)
    /// Writes these frames of the input's gradient; of a stem, these blocks' two frames each.
    func backward(_ workspace: Workspace, _ write: GradientWrite, frames: Range<Int>)
}

/// How an operation writes the gradient of its input, which may have other consumers.
struct GradientWrite: Sendable {
    /// Another consumer has written before: add.
    let accumulates: Bool
    /// No consumer is left: apply the masks of the input's producers.
    let completes: Bool
    let rule: GradientRule
}

/// Work items of rows: about as many rows as keep matrix products efficient and their operands in the second-level
/// cache, evenly divided.
struct RowBlocks: Sendable {
    let rows: Int
    let count: Int

    init(rows: Int, near size: Int) {
        self.rows = rows
        count = max(1, (rows + size / 2) / size)
    }

    subscript(index: Int) -> Range<Int> {
        rows * index / count..<rows * (index + 1) / count
    }

    /// The most rows a block has.
    var largest: Int { (rows + count - 1) / count }
}
