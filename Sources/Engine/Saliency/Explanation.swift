import Glibc

/// What the network answered for one clip, and why.
public struct Explanation: Sendable {
    /// A class among the answers.
    public struct Prediction: Sendable, Hashable, Codable {
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

    /// The map with its signs; nil where the method has none.
    public var signedMap: SaliencyMap? {
        signed.map { SaliencyMap(frames: map.frames, height: map.height, width: map.width, values: $0) }
    }

    /// The explained class's, 0…1.
    public var probability: Double { Self.probabilities(logits: logits)[target] }

    /// The explained class among the answers.
    public func answer(labels: [String]) -> Prediction {
        Self.answers(logits: logits, labels: labels)[target]
    }

    /// The class whose logit is taken off; nil without a contrast.
    public func contrast(labels: [String]) -> Prediction? {
        resolved.contrast.map { Self.answers(logits: logits, labels: labels)[$0] }
    }

    /// The `count` classes with the largest logits, the largest first, the lower index first among equals.
    public func topK(_ count: Int, labels: [String]) -> [Prediction] {
        Self.topK(count, logits: logits, labels: labels)
    }

    /// The same, of logits without an explanation.
    public static func topK(_ count: Int, logits: [Float], labels: [String]) -> [Prediction] {
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

    private static func answers(logits: [Float], labels: [String]) -> [Prediction] {
        zip(logits, probabilities(logits: logits)).enumerated().map { index, value in
            Prediction(
                index: index, label: index < labels.count ? labels[index] : nil, logit: value.0, probability: value.1)
        }
    }
}

/// What an explanation cost, in passes through the network.
public struct PassCount: Sendable, Hashable, Codable {
    public var forward: Int
    public var backward: Int

    public init(forward: Int = 0, backward: Int = 0) {
        self.forward = forward
        self.backward = backward
    }

    /// The work as a multiple of one forward pass: a gradient with respect to the clip alone takes as many multiplications
    /// on its way back as the logits take on theirs.
    public var multiple: Int { forward + backward }

    public static func - (later: Self, earlier: Self) -> Self {
        PassCount(forward: later.forward - earlier.forward, backward: later.backward - earlier.backward)
    }
}

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
