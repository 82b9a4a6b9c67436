/// How long one operation of the network took in the last forward and the last backward pass.
public struct LayerTiming: Sendable, Hashable, Codable {
    public let name: String
    /// Seconds.
    public var forward: Double
    /// Seconds; 0 until a backward pass has run.
    public var backward: Double
    /// 10⁹ products and sums of one direction, as the network is published; 0 for pools and the head.
    public let gigaflop: Double
}
