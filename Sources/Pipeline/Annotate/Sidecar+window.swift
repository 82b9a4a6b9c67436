import Decode
import Engine

extension Sidecar.WindowRecord {
    /// What the record says of one explained window.
    init(_ window: Window, _ explanation: Explanation, manifest: ModelManifest) {
        index = window.index
        start = window.times.first ?? 0
        end = window.end
        paddedFrames = window.paddedCount
        target = explanation.answer(labels: manifest.labels)
        contrast = explanation.contrast(labels: manifest.labels)
        top = explanation.topK(5, labels: manifest.labels)
        saliency = explanation.map.statistics
        frameMeans = explanation.map.steadyFrameMeans
        completeness = explanation.completeness
        flags = Self.flags(of: window)
    }

    static func flags(of window: Window) -> [Flag] {
        (window.paddedCount > 0 ? [.padded] : []) + (window.containsCorruption ? [.corrupt] : [])
    }
}

extension Explanation {
    /// What is explained, as subtitles and burned labels show it: "walking 62 %"; of a contrast "walking 62 % against running
    /// 31 %", and "log-probability of walking 62 %".
    func caption(labels: [String]) -> String {
        let answer = answer(labels: labels).caption
        if let other = contrast(labels: labels) { return "\(answer) against \(other.caption)" }
        return resolved.isLogProbability ? "log-probability of \(answer)" : answer
    }
}

extension Explanation {
    /// What is explained, without probabilities: "walking"; of a contrast "walking against running".
    func name(labels: [String]) -> String {
        func name(_ answer: Explanation.Answer) -> String { answer.label ?? "class \(answer.index)" }
        return [answer(labels: labels), contrast(labels: labels)].compactMap { $0.map(name) }.joined(
            separator: " against ")
    }
}

extension Explanation.Answer {
    /// "playing cricket 98 %".
    fileprivate var caption: String {
        "\(label ?? "class \(index)") \(Int((probability * 100).rounded())) %"
    }
}
