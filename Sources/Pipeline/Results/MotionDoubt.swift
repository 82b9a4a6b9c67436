import DequeModule
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

    /// Whether this is the built-in network.
    static func concerns(_ model: ModelDescription) -> Bool { network != nil && model.sha256 == network }

    /// A warning that states why the answers are likely worthless, and what to do; none for other networks.
    ///
    /// - Parameters:
    ///   - answers: the best class of each window, in order of time.
    ///   - subject: what the windows are from, in the sentence.
    static func warnings(
        model: ModelDescription, answers: [Explanation.Prediction], subject: String = "this video"
    ) -> [String] {
        guard concerns(model), let reason = Self.reason(answers) else { return [] }
        return [
            "the built-in network's answers are likely worthless for \(subject): \(reason). It was trained on synthetic "
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

/// The same for a stream without an end: looks at the newest windows, and warns once.
struct LiveMotionDoubt {
    /// The number of windows that are looked at. They are at least half a window apart, as those of a video are: closer
    /// ones, which a live stream may have, change less from one to the next.
    static let windows = 12

    private let model: ModelDescription
    private var answers: Deque<Explanation.Prediction> = []
    private var next = -Double.infinity
    private var isOver: Bool

    init(model: ModelDescription) {
        self.model = model
        isOver = !MotionDoubt.concerns(model)
    }

    /// - Parameters:
    ///   - best: the best class of the newest window.
    ///   - start: where the window begins, in seconds.
    ///   - end: where it ends, in seconds.
    /// - Returns: the warning; nil if there is no reason, or it was returned before.
    mutating func warning(after best: Explanation.Prediction?, from start: Double, to end: Double) -> String? {
        guard !isOver, let best, start >= next else { return nil }
        next = start + (end - start) / 2
        answers.append(best)
        if answers.count > Self.windows { answers.removeFirst() }
        guard answers.count == Self.windows else { return nil }
        let warning = MotionDoubt.warnings(model: model, answers: Array(answers), subject: "this stream").first
        isOver = warning != nil
        return warning
    }
}
