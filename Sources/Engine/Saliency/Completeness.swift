/// Whether a path method's shares add up to what they share out (the completeness axiom of arXiv 1703.01365): the difference
/// of the explained value between the clip and where the path ends. What is missing is the error of the steps.
public struct Completeness: Sendable, Hashable, Codable {
    /// The sum of all shares.
    public var attributed: Double
    /// The explained value of the clip, less that of the baseline.
    public var difference: Double
    /// |attributed - difference|
    public var gap: Double

    public init(attributed: Double, difference: Double) {
        self.attributed = attributed
        self.difference = difference
        gap = (attributed - difference).magnitude
    }

    init(values: [Float], difference: Double) {
        self.init(attributed: values.reduce(0.0) { $0 + Double($1) }, difference: difference)
    }
}
