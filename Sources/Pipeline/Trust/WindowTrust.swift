import Engine

/// What a sidecar says of how far one window's explanation can be trusted.
public struct WindowTrust: Sendable, Codable, Equatable {
    /// How many windows of a video can be measured.
    public static let windowsRange = 1...8
    /// Of the curves, as `trust` has it.
    static let steps = 20

    /// Areas under the class's probability while the most salient pixels of the whole clip are taken away, and put in; 0…1.
    public var deletion: Double
    public var insertion: Double
    /// The same in a random order.
    public var randomDeletion: Double
    public var randomInsertion: Double
    public var verdict: TrustVerdict
}
