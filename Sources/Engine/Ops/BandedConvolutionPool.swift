/// A unit and the max-pool after it, computed in bands of a few frames, so that the activation between the two, one of
/// the largest, is never in memory as a whole. Results have the same bits as those of the two operations one after the
/// other.
///
/// The pool's window is one frame long, so that a band of the unit's frames gives the same frames of the pool.
struct BandedConvolutionPool: Operation {
    let unit: any RangedOperation
    let pool: MaxPool

    /// The number of frames in a band.
    static let frames = 8

    var name: String { "\(unit.name), \(pool.name)" }
    var input: Tensor { unit.input }
    var outputs: [Tensor] { pool.outputs }
    var internals: [Tensor] { [pool.input] }
    var temporaryBuffers: [BufferID] { unit.temporaryBuffers }
    var slidingWindows: [SlidingWindow] { unit.slidingWindows + pool.slidingWindows }
    var scratchFloats: Int { max(unit.scratchFloats, pool.scratchFloats) }
    var floatingPointOperations: Int { unit.floatingPointOperations }

    /// The number of frames of the activation, and of its gradient, that are in memory at once.
    static func heldFrames(_ extent: Size3D, reach: (before: Int, after: Int)) -> (activation: Int, gradient: Int) {
        (min(frames, extent.frames), min(frames + reach.before + reach.after, extent.frames))
    }

    private var between: Tensor { pool.input }
    /// The bytes of one frame of `between`.
    private var frameBytes: Int { between.extent.plane * between.channels * MemoryLayout<Float>.stride }

    private func bands() -> [Range<Int>] {
        stride(from: 0, to: between.extent.frames, by: Self.frames).map { first in
            first..<min(first + Self.frames, between.extent.frames)
        }
    }

    func forward(_ workspace: Workspace) {
        for band in bands() {
            let workspace = workspace.moved(between.activation, by: -band.lowerBound * frameBytes)
            unit.forward(workspace, frames: band)
            pool.forward(workspace, frames: band)
        }
    }

    func backward(_ workspace: Workspace, _ write: GradientWrite) {
        let start = workspace.bytes(between.gradient)
        let all = 0..<between.extent.frames
        let reach = unit.gradientReach
        var held = 0..<0
        for band in bands() {
            let needed = (band.lowerBound - reach.before..<band.upperBound + reach.after).clamped(to: all)
            if needed.lowerBound > held.lowerBound {
                // Frames that the previous band also needed move to the start.
                start.update(
                    from: start + (needed.lowerBound - held.lowerBound) * frameBytes,
                    count: (held.upperBound - needed.lowerBound) * frameBytes)
            }
            let workspace = workspace.moved(between.gradient, by: -needed.lowerBound * frameBytes)
            pool.backward(
                workspace, GradientWrite(accumulates: false, completes: true, rule: write.rule),
                frames: held.upperBound..<needed.upperBound)
            unit.backward(workspace, write, frames: band)
            held = needed
        }
    }
}
