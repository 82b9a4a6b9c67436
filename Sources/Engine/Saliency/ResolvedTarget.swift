import Glibc

/// The one number of the network's answer that an explanation explains.
public struct ResolvedTarget: Sendable, Hashable {
    /// The class explained.
    public let index: Int
    /// The class whose logit is taken off; nil where one class is explained for itself.
    public let contrast: Int?
    /// Whether the number is the natural logarithm of the class's probability and not its logit. It makes no difference to
    /// a contrast.
    public let isLogProbability: Bool

    public init(index: Int, contrast: Int? = nil, isLogProbability: Bool = false) {
        self.index = index
        self.contrast = contrast
        self.isLogProbability = isLogProbability
    }

    /// The number, of logits in class order.
    public func value(of logits: [Float]) -> Double {
        let logit = Double(logits[index])
        if let contrast { return logit - Double(logits[contrast]) }
        guard isLogProbability else { return logit }
        let largest = Double(logits.max() ?? 0)
        return logit - largest - log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    }

    /// Its derivative with respect to every logit, at these logits.
    func seed(at logits: [Float]) -> [Float] {
        var seed = [Float](repeating: 0, count: logits.count)
        if isLogProbability, contrast == nil {
            seed = Explanation.probabilities(logits: logits).map { Float(-$0) }
        }
        seed[index] += 1
        if let contrast { seed[contrast] -= 1 }
        return seed
    }
}
