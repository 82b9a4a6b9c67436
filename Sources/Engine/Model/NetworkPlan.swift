/// The network for one clip shape: its operations in order, and where in the session's memory every buffer lies.
struct NetworkPlan: Sendable {
    struct Step: Sendable {
        let operation: any Operation
        /// Backward: whether a consumer of the same input has written its gradient before, and whether none is left.
        let accumulates: Bool
        let completes: Bool
        /// What `outputs` are complete with this step, by their names in the published graph.
        let endpoints: [(name: String, tensor: Tensor)]
    }

    let clip: Tensor
    /// The clip as bytes, for a first operation that reads it so; nil if it does not.
    let clipBytes: BufferID?
    let steps: [Step]
    /// What overlapping windows share; nil if the session does not keep it. Its operations are the steps 0, 1, 3 and 4.
    let overlap: OverlapPlan?
    let head: Head
    let offsets: [Int]
    /// Bytes of the arena without scratch memory.
    let size: Int
    /// Bytes of scratch memory a worker needs.
    let scratchStride: Int
}
