import Glibc

/// The network's answer for one clip, and a saliency map that explains it.
public struct Explanation: Sendable {
    /// A class with its logit and probability.
    public struct Prediction: Sendable, Hashable, Codable {
        public let index: Int
        /// Nil if the model has no labels.
        public let label: String?
        public let logit: Float
        /// 0…1.
        public let probability: Double
    }

    /// In class order.
    public let logits: [Float]
    /// The number that is explained.
    public let resolved: ResolvedTarget
    public let map: SaliencyMap
    /// The shares with their signs, summed over channels, `[T, H, W]`: above 0 for evidence for the target, below 0 for
    /// evidence against it. Nil if the method has no signs.
    public let signed: [Float]?
    /// The method's `name`.
    public let method: String
    /// Only of path methods.
    public let completeness: Completeness?
    /// The number of passes, including those of other targets that were explained with it.
    public internal(set) var cost: PassCount

    /// The class that is explained.
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

    /// The map with signs; nil if the method has none.
    public var signedMap: SaliencyMap? {
        signed.map { SaliencyMap(frames: map.frames, height: map.height, width: map.width, values: $0) }
    }

    /// The probability of the explained class, 0…1.
    public var probability: Double { Self.probabilities(logits: logits)[target] }

    /// The explained class with its logit and probability.
    public func answer(labels: [String]) -> Prediction {
        Self.answers(logits: logits, labels: labels)[target]
    }

    /// The class whose logit is subtracted; nil without a contrast.
    public func contrast(labels: [String]) -> Prediction? {
        resolved.contrast.map { Self.answers(logits: logits, labels: labels)[$0] }
    }

    /// The `count` classes with the largest logits, the largest first; of equal logits, the lower index first.
    public func topK(_ count: Int, labels: [String]) -> [Prediction] {
        Self.topK(count, logits: logits, labels: labels)
    }

    /// The same for given logits.
    public static func topK(_ count: Int, logits: [Float], labels: [String]) -> [Prediction] {
        let order = answers(logits: logits, labels: labels).sorted { ($0.logit, $1.index) > ($1.logit, $0.index) }
        return Array(order.prefix(max(count, 0)))
    }

    /// The softmax in double precision; sums to 1.
    public static func probabilities(logits: [Float]) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private static func answers(logits: [Float], labels: [String]) -> [Prediction] {
        zip(logits, probabilities(logits: logits)).enumerated().map { index, value in
            Prediction(
                index: index, label: index < labels.count ? labels[index] : nil, logit: value.0, probability: value.1)
        }
    }
}

/// The cost of an explanation in passes through the network.
public struct PassCount: Sendable, Hashable, Codable {
    public var forward: Int
    public var backward: Int

    public init(forward: Int = 0, backward: Int = 0) {
        self.forward = forward
        self.backward = backward
    }

    /// The cost as a multiple of one forward pass: a backward pass to the clip takes as many multiplications as a
    /// forward pass.
    public var multiple: Int { forward + backward }

    public static func - (later: Self, earlier: Self) -> Self {
        PassCount(forward: later.forward - earlier.forward, backward: later.backward - earlier.backward)
    }
}

/// How well a path method's shares add up to the difference that they distribute (the completeness axiom of arXiv
/// 1703.01365): the target's value for the clip minus its value at the other end of the path. The gap is the error of
/// the steps.
public struct Completeness: Sendable, Hashable, Codable {
    /// The sum of all shares.
    public var attributed: Double
    /// The target's value for the clip, minus that for the baseline.
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
