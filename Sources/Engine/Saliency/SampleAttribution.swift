/// What a method says of every sample of a clip.
public struct SampleAttribution: Sendable {
    /// `[T, H, W, C]`
    public var values: [Float]
    /// Whether values below 0 speak against the target; else none is below 0.
    public var isSigned: Bool
    /// Of path methods.
    public var completeness: Completeness?

    public init(values: [Float], isSigned: Bool = true, completeness: Completeness? = nil) {
        self.values = values
        self.isSigned = isSigned
        self.completeness = completeness
    }
}
