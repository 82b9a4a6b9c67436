/// What an explanation cost, in passes through the network.
public struct PassCount: Sendable, Hashable, Codable {
    public var forward: Int
    public var backward: Int

    public init(forward: Int = 0, backward: Int = 0) {
        self.forward = forward
        self.backward = backward
    }

    /// The work as a multiple of one forward pass: a gradient with respect to the clip alone takes as many multiplications
    /// on its way back as the logits take on theirs.
    public var multiple: Int { forward + backward }

    public static func - (later: Self, earlier: Self) -> Self {
        PassCount(forward: later.forward - earlier.forward, backward: later.backward - earlier.backward)
    }
}
