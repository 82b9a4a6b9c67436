/// A buffer of the session's arena, by its number in the plan.
struct BufferID: Hashable, Sendable {
    let index: Int
}

/// The masks of a unit's ReLU: one bit for each of a tensor's activations that the unit wrote, set where it is > 0.
struct ReLUMask: Hashable, Sendable {
    let buffer: BufferID
    /// The tensor's channels it stands for.
    let firstChannel: Int
    let channels: Int
    /// Bytes a row.
    let stride: Int
}

/// An activation `[T, H, W, C]` between two operations, and its gradient, which has a buffer of its own: the two are
/// never alive together.
struct Tensor: Sendable {
    let extent: Size3D
    let channels: Int
    let activation: BufferID
    let gradient: BufferID
    /// The masks of the units that wrote it, left to right; none on the clip and after a pool.
    var masks: [ReLUMask] = []

    var count: Int { extent.count * channels }
}

/// The channels of a tensor that one unit writes: all of them, or its slice of a concatenation.
struct TensorSlice: Sendable {
    let tensor: Tensor
    let mask: ReLUMask

    var firstChannel: Int { mask.firstChannel }
    var channels: Int { mask.channels }
}
