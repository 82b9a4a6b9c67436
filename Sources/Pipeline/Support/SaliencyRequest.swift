/// What is to be explained, and by which method.
public struct SaliencyRequest: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable, Codable {
        /// arXiv 1412.6806
        case guidedBackprop = "guided-backprop"
        /// d logit / d input
        case gradient
    }

    public var method: Method
    /// Noisy copies to average (SmoothGrad, arXiv 1706.03825); 0 is none.
    public var smoothSamples: Int
    /// Seeds the noise.
    public var seed: UInt64
    /// "top1", a class index, or a label.
    public var target: String

    public init(
        method: Method = .guidedBackprop, smoothSamples: Int = 0, seed: UInt64 = 1, target: String = "top1"
    ) {
        self.method = method
        self.smoothSamples = smoothSamples
        self.seed = seed
        self.target = target
    }
}
