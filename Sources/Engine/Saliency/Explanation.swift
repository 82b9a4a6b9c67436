import Glibc

/// What the network answered for one clip, and why.
public struct Explanation: Sendable {
    /// A class among the answers.
    public struct Answer: Sendable, Hashable, Codable {
        public let index: Int
        /// Nil where the model has no labels.
        public let label: String?
        public let logit: Float
        /// 0…1.
        public let probability: Double
    }

    /// In class order.
    public let logits: [Float]
    /// What is explained of the answer.
    public let resolved: ResolvedTarget
    public let map: SaliencyMap
    /// Σ over channels with their signs, `[T, H, W]`: above 0 what speaks for the target, below 0 what speaks against it. Nil
    /// where the method has no signs.
    public let signed: [Float]?
    /// The method's `name`.
    public let method: String
    /// Of path methods.
    public let completeness: Completeness?
    /// The passes it took, those of other targets explained with it included.
    public internal(set) var cost: PassCount

    /// The class explained.
    public var target: Int { resolved.index }

    public init(
        logits: [Float], target: ResolvedTarget, map: SaliencyMap, signed: [Float]? = nil, method: String,
        completeness: Completeness? = nil, cost: PassCount
    ) {
        self.logits = logits
        resolved = target
        self.map = map
        self.signed = signed
        self.method = method
        self.completeness = completeness
        self.cost = cost
    }

    /// The explained class's, 0…1.
    public var probability: Double { Self.probabilities(logits: logits)[target] }

    public func answer(labels: [String]) -> Answer {
        Self.answers(logits: logits, labels: labels)[target]
    }

    /// The class whose logit is taken off; nil without a contrast.
    public func contrast(labels: [String]) -> Answer? {
        resolved.contrast.map { Self.answers(logits: logits, labels: labels)[$0] }
    }

    /// The `count` classes with the largest logits, the largest first, the lower index first among equals.
    public func topK(_ count: Int, labels: [String]) -> [Answer] {
        Self.topK(count, logits: logits, labels: labels)
    }

    public static func topK(_ count: Int, logits: [Float], labels: [String]) -> [Answer] {
        let order = answers(logits: logits, labels: labels).sorted { ($0.logit, $1.index) > ($1.logit, $0.index) }
        return Array(order.prefix(max(count, 0)))
    }

    /// Softmax, in double precision; sums to 1.
    public static func probabilities(logits: [Float]) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private static func answers(logits: [Float], labels: [String]) -> [Answer] {
        zip(logits, probabilities(logits: logits)).enumerated().map { index, value in
            Answer(
                index: index, label: index < labels.count ? labels[index] : nil, logit: value.0, probability: value.1)
        }
    }
}
