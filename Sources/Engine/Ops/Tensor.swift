/// A buffer of the session's arena, by its number in the plan.
struct BufferID: Hashable, Sendable {
    let index: Int
}

/// The gates of a unit's ReLU: one bit for each of a tensor's activations that the unit wrote, set where it is > 0.
struct Gate: Hashable, Sendable {
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
    let extent: Extent
    let channels: Int
    let activation: BufferID
    let gradient: BufferID
    /// The gates of the units that wrote it, left to right; none on the clip and behind a pool.
    var gates: [Gate] = []

    var count: Int { extent.count * channels }
}

/// The channels of a tensor that one unit writes: all of them, or its slice of a concatenation.
struct TensorSlice: Sendable {
    let tensor: Tensor
    let gate: Gate

    var firstChannel: Int { gate.firstChannel }
    var channels: Int { gate.channels }
}
