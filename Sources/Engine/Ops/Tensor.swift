/// A buffer of the session's arena, by its number in the plan.
struct BufferID: Hashable, Sendable {
    let index: Int
}

/// The mask of a unit's ReLU: one bit for each activation that the unit wrote, set if it is > 0.
struct ReLUMask: Hashable, Sendable {
    let buffer: BufferID
    /// The first of the tensor's channels to which the mask belongs.
    let firstChannel: Int
    let channels: Int
    /// The bytes per row.
    let stride: Int
}

/// An activation `[T, H, W, C]` between two operations, and its gradient. They have separate buffers, which are never
/// in use at the same time.
struct Tensor: Sendable {
    let extent: Size3D
    let channels: Int
    let activation: BufferID
    let gradient: BufferID
    /// The masks of the units that write it, in the order of their channels; none for the clip and after a pool.
    var masks: [ReLUMask] = []

    var count: Int { extent.count * channels }
}

/// The channels of a tensor that one unit writes: all, or a slice of a concatenation.
struct TensorSlice: Sendable {
    let tensor: Tensor
    let mask: ReLUMask

    var firstChannel: Int { mask.firstChannel }
    var channels: Int { mask.channels }
}
