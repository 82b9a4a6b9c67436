import Engine

/// `MODEL.fit.json`: how a network was fitted to clips. `docs/fit.md` documents every field.
public struct FitResult: Sendable, Codable, Equatable {
    public static let currentSchema = 1

    public struct Strength: Sendable, Codable, Equatable {
        public var strength: Double
        /// Over held-out clips: the mean of −log(probability of the clip's class), in nats, and the accuracy, 0…1.
        public var logLoss: Double
        public var accuracy: Double
    }

    /// The network's answer for a clip by a head that was fitted without it.
    public struct Clip: Sendable, Codable, Equatable {
        public var clip: String
        public var label: Int
        public var predicted: Int
        /// The probability of the clip's class, 0…1.
        public var probability: Double
        public var fold: Int
        public var windows: Int
    }

    public struct Unreadable: Sendable, Codable, Equatable {
        public var clip: String
        public var label: Int
        public var error: String
    }

    /// The final fit to all clips.
    public struct Optimum: Sendable, Codable, Equatable {
        /// The minimum of the objective, divided by the number of clips, and the largest magnitude of its gradient.
        public var objective: Double
        public var gradient: Double
        public var iterations: Int
        /// Whether the gradient is within the tolerance.
        public var isConverged: Bool
        /// The part of the clips, to which the head is fitted, that it classifies correctly; not a measure of its quality.
        public var accuracy: Double
    }

    public var schema = FitResult.currentSchema
    public var saliencyd: String
    public var list: String
    /// The network whose features are used, and the one that was written.
    public var base: ModelDescription
    public var model: ModelDescription
    /// How clips are cut into windows.
    public var sampling: String
    public var seed: UInt64
    public var folds: Int
    /// Whether the strength was given, not chosen.
    public var isStrengthGiven: Bool
    public var strength: Double
    /// All strengths that were tried, the strongest first.
    public var strengths: [Strength]
    /// The number of clips that could be read, and of the network's features of each.
    public var clips: Int
    public var features: Int
    /// The features' root mean square distance from their mean, by which they are divided.
    public var featureDistance: Double
    /// Over held-out clips, with the chosen strength.
    public var heldOut: ClassificationReport
    public var heldOutLogLoss: Double
    public var optimum: Optimum
    /// In the list's order.
    public var answers: [Clip]
    public var unreadable: [Unreadable]
}
