import Engine
import FoundationEssentials

/// The verdict on a method, in words; the rules are documented in `docs/trust.md`.
public struct TrustVerdict: Sendable, Codable, Equatable {
    public enum Level: String, Sendable, Codable {
        /// All decisive checks were passed.
        case supported
        /// Some check was not passed.
        case doubtful
        /// The map does not show what the network's answer depends on.
        case contradicted
    }

    public enum Check: String, Sendable, Codable {
        /// Does the map change when the network's weights are randomised?
        case weights
        /// Does it depend on the class?
        case classes
        /// Does the answer depend on the pixels that it marks?
        case pixels
        /// Does it predict what the answer loses without a part of the clip?
        case parts
        /// Is it stable under noise?
        case noise
        /// Do a path's shares add up?
        case completeness
        /// Does it lie on the object?
        case mask

        /// The check's name in sentences.
        var name: String {
            switch self {
            case .weights: "the randomised network"
            case .classes: "other classes"
            case .pixels: "deleted pixels"
            case .parts: "deleted boxes"
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
                "Do not take this map for what the network looks at: it is nearly the same for a randomised network."
        } else if outcome(.pixels) == .failed {
            level = .contradicted
            summary =
                "Do not take this map for what the network looks at: the answer does not depend on the pixels that it marks."
        } else if findings.allSatisfy({ $0.outcome == .passed }) {
            level = .supported
            summary = "Nothing measured speaks against this map."
        } else {
            level = .doubtful
            let open = findings.filter { $0.outcome != .passed }.map(\.check.name)
            summary = "Read this map with care: not everything speaks for it (\(open.joined(separator: ", ")))."
        }
    }
}
