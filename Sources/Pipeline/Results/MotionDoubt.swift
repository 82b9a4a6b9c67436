import Engine
import FoundationEssentials

/// Reasons to doubt the built-in network's answers for a video.
///
/// The network was trained on synthetic clips of one motion in front of a camera at rest. On film its probability does
/// not tell whether the answer is worth anything, but two observations do (`docs/models.md`): it names the camera's
/// motion, or its answer changes from window to window.
enum MotionDoubt {
    /// The largest share of neighbouring windows that may differ in their best class. A clip in which one motion follows
    /// another stays below it; on film the share was 0.36 to 1 for 13 of 15 clips.
    static let maximumChanges = 1.0 / 3

    /// The content hash of the built-in network, `ModelVariables.contentHash`; nil if its card cannot be read.
    static let network: String? = {
        let card = BuiltInModel.motion.card
        guard let bytes = try? card.contents(limit: card.size) else { return nil }
        return try? JSONDecoder().decode(MotionCard.self, from: Data(bytes)).network.sha256
    }()

    /// A warning that states why the answers are likely worthless, and what to do; none for other networks.
    ///
    /// - Parameter answers: the best class of each window, in order of time.
    static func warnings(model: ModelDescription, answers: [Explanation.Prediction]) -> [String] {
        guard let network, model.sha256 == network, let reason = Self.reason(answers) else { return [] }
        return [
            "the built-in network's answers are likely worthless for this video: \(reason). It was trained on synthetic "
                + "clips of one motion in front of a camera at rest; `make kinetics` in the source tree, or `saliencyd "
                + "model fetch kinetics-rgb`, installs a network that was trained on film"
        ]
    }

    private static func reason(_ answers: [Explanation.Prediction]) -> String? {
        let camera = answers.filter { $0.label?.hasPrefix("camera ") ?? false }
        if let label = camera.first?.label, 2 * camera.count > answers.count {
            return "\"\(label)\" says that the camera is not at rest, and nothing about what is in front of it"
        }
        let pairs = answers.count - 1
        let changes = zip(answers, answers.dropFirst()).count { $0.index != $1.index }
        guard pairs > 1, Double(changes) > maximumChanges * Double(pairs) else { return nil }
        return "they change in \(changes) of \(pairs) steps from one window to the next"
    }
}
