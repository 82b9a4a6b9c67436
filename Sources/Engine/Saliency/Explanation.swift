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
    /// The class explained.
    public let target: Int
    public let map: SaliencyMap
    /// The method's `name`.
    public let method: String

    public init(logits: [Float], target: Int, map: SaliencyMap, method: String) {
        self.logits = logits
        self.target = target
        self.map = map
        self.method = method
    }

    public func answer(labels: [String]) -> Answer {
        Self.answers(logits: logits, labels: labels)[target]
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
