import Engine
import Foundation

/// The network's answers as text.
enum AnswerText {
    /// "playing cricket  99.9 %  (logit 25.857, class 227)"
    static func line(_ answer: Explanation.Answer) -> String {
        let label = answer.label ?? "class \(answer.index)"
        let numbers = String(
            format: "%.1f %%  (logit %.3f, class %d)", answer.probability * 100, answer.logit, answer.index)
        return "\(label)  \(numbers)"
    }
}
