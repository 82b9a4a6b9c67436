import Engine
import FoundationEssentials

/// What the figures say of a method, in words; the rules stand in `docs/trust.md`.
public struct TrustVerdict: Sendable, Codable, Equatable {
    public enum Level: String, Sendable, Codable {
        /// Every check that could decide was passed.
        case supported
        /// Some check was not passed.
        case doubtful
        /// The map does not show what it is taken to show.
        case contradicted
    }

    public enum Check: String, Sendable, Codable {
        /// Does the map change when the network's weights are randomised?
        case weights
        /// Does it depend on the class?
        case classes
        /// Does the answer hang on the pixels it points at?
        case pixels
        /// Does it foretell what the answer loses without a part of the clip?
        case parts
        /// Does it stay as it is under noise?
        case noise
        /// Do a path's shares add up?
        case completeness
        /// Does it lie on the object?
        case mask

        /// For people.
        var words: String {
            switch self {
            case .weights: "the network made random"
            case .classes: "other classes"
            case .pixels: "pixels taken away"
            case .parts: "boxes taken away"
            case .noise: "noise"
            case .completeness: "sum of the shares"
            case .mask: "mask"
            }
        }
    }

    public enum Outcome: String, Sendable, Codable {
        case passed
        case unclear
        case failed
    }

    public struct Finding: Sendable, Codable, Equatable {
        public var check: Check
        public var outcome: Outcome
        /// A sentence.
        public var sentence: String
    }

    public var level: Level
    /// A sentence.
    public var summary: String
    public var findings: [Finding]

    init(findings: [Finding]) {
        self.findings = findings
        func outcome(_ check: Check) -> Outcome? { findings.first { $0.check == check }?.outcome }
        if outcome(.weights) == .failed {
            level = .contradicted
            summary =
                "Do not read this map as what the network looks at: it is nearly the same for a network that knows nothing."
        } else if outcome(.pixels) == .failed {
            level = .contradicted
            summary =
                "Do not read this map as what the network looks at: the answer does not hang on what it points at."
        } else if findings.allSatisfy({ $0.outcome == .passed }) {
            level = .supported
            summary = "Nothing measured speaks against this map."
        } else {
            level = .doubtful
            let open = findings.filter { $0.outcome != .passed }.map(\.check.words)
            summary = "Read this map with care: not everything speaks for it (\(open.joined(separator: ", ")))."
        }
    }
}
