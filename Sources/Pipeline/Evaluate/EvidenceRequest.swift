import Engine

/// Which methods an evaluation measures on every clip, and how.
public struct EvidenceRequest: Sendable, Equatable {
    public var methods: [SaliencyRequest.Method]
    /// Of the curves.
    public var steps: Int
    /// Of the random order, and of the pixels that blurred clips are drawn from.
    public var seed: UInt64

    public init(methods: [SaliencyRequest.Method], steps: Int = 20, seed: UInt64 = 1) {
        self.methods = methods
        self.steps = steps
        self.seed = seed
    }

    /// For people, and to be compared.
    var words: String { "\(methods.map(\.rawValue).joined(separator: ",")), \(steps) steps, seed \(seed)" }
}
