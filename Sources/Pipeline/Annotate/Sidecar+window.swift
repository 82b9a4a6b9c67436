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
        completeness = explanation.completeness
        flags = (window.paddedCount > 0 ? [.padded] : []) + (window.containsCorruption ? [.corrupt] : [])
    }
}

extension Explanation.Answer {
    /// "playing cricket 98 %", as subtitles and burned labels show it.
    var caption: String {
        "\(label ?? "class \(index)") \(Int((probability * 100).rounded())) %"
    }
}
