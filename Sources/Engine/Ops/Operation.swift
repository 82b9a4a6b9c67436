/// One step of the network for one clip shape, forward and backward.
///
/// An operation decides on the layout of its weights and on its algorithm; the plan decides which buffers it uses and
/// when. It splits its work into items whose size depends only on the shape, so that results do not depend on the
/// threads.
protocol Operation: Sendable {
    /// For display: the unit's name in the checkpoint, or the pool's in the published graph.
    var name: String { get }
    /// Read in the forward pass; its gradient is written in the backward pass.
    var input: Tensor { get }
    /// Written in the forward pass; their gradients, after their masks, are read in the backward pass.
    var outputs: [Tensor] { get }
    /// Tensors that no other operation uses.
    var internals: [Tensor] { get }
    /// Buffers that are written and read within one forward pass of this operation.
    var temporaryBuffers: [BufferID] { get }
    /// The scratch memory of one worker, in floats.
    var scratchFloats: Int { get }
    /// The sliding windows from the input's positions to the outputs', in order; none if the positions are the same.
    var slidingWindows: [SlidingWindow] { get }
    /// The multiplications and additions of one direction in the published form of the network; 0 for other operations
    /// than convolutions.
    var floatingPointOperations: Int { get }

    func forward(_ workspace: Workspace)
    /// Computes the gradient of the input from the gradients of the outputs; reads no activations.
    func backward(_ workspace: Workspace, _ write: GradientWrite)
}

extension Operation {
    var internals: [Tensor] { [] }
    var temporaryBuffers: [BufferID] { [] }
    var slidingWindows: [SlidingWindow] { [] }
}

/// An operation that can compute some of its frames without the others.
protocol RangedOperation: Operation {
    /// Ranges of frames begin at multiples of this number, and end at a multiple or at the last frame.
    var framesPerTile: Int { get }
    /// The number of frames of the output's gradient, before and after a range of input frames, on which that range's
    /// gradient depends.
    var gradientReach: (before: Int, after: Int) { get }

    /// Writes these frames of the outputs.
    func forward(_ workspace: Workspace, frames: Range<Int>)
    /// Writes these frames of the input's gradient; for a stem, the two frames of each of these blocks.
    func backward(_ workspace: Workspace, _ write: GradientWrite, frames: Range<Int>)
}

/// How an operation writes the gradient of its input, which may have other consumers.
struct GradientWrite: Sendable {
    /// Whether another consumer has already written, so that this one must add.
    let accumulates: Bool
    /// Whether this is the last consumer, which applies the masks of the input's producers.
    let completes: Bool
    let rule: GradientRule
}

/// Rows divided evenly into work items of about a given size, chosen so that matrix products are efficient and their
/// operands stay in the second-level cache.
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

    /// The maximum number of rows in a block.
    var largest: Int { (rows + count - 1) / count }
}
