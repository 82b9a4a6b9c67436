/// The time of one operation of the network in the last forward and the last backward pass.
public struct LayerTiming: Sendable, Hashable, Codable {
    public let name: String
    /// Seconds.
    public var forward: Double
    /// Seconds; 0 until a backward pass has run.
    public var backward: Double
    /// The multiplications and additions of one direction in the published form of the network, in 10⁹; 0 for pools and
    /// the head.
    public let gigaflop: Double
}
