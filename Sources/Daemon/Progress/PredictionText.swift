import Engine
import FoundationEssentials

/// Formats the network's answers as text.
enum PredictionText {
    /// "playing cricket  99.9 %  (logit 25.857, class 227)", or without a label "class 227  99.9 %  (logit 25.857)".
    static func line(_ answer: Explanation.Prediction) -> String {
        let numbers = String(printf: "%.1f %%  (logit %.3f", answer.probability * 100, answer.logit)
        let name = "class \(answer.index)"
        return answer.label.map { "\($0)  \(numbers), \(name))" } ?? "\(name)  \(numbers))"
    }
}
