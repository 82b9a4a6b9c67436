import Decode
import Engine

/// Explains every window by one method and, if requested, measures the trust of the most confident windows.
final class AnnotatedWindows: WindowExplaining {
    private let explainer: Explainer
    private let request: AnnotateRequest
    private let labels: [String]
    private let manifest: ModelManifest
    private let measurer: WindowTrustMeasurer
    private var confident: MostConfidentWindows
    /// The newest window and its explanation, computed or repeated.
    private var last: (window: Window, explained: ExplainedWindow<Sidecar.WindowRecord>)?

    /// - Parameter measurer: uses the same explainer.
    init(explainer: Explainer, request: AnnotateRequest, manifest: ModelManifest, measurer: WindowTrustMeasurer) {
        self.explainer = explainer
        self.request = request
        self.manifest = manifest
        self.measurer = measurer
        labels = manifest.labels
        confident = MostConfidentWindows(limit: request.trustWindows)
    }

    func explain(
        _ window: Window, end: Double, control: RunControl
    ) throws -> ExplainedWindow<Sidecar.WindowRecord> {
        if let known = last, window.hasSameInput(as: known.window) {
            let explained = known.explained.repeated(by: window, before: known.window, end: end)
            last = (window, explained)
            return explained
        }
        let explanation = try explainer.explain(window, control: control)
        confident.add(window, probability: explanation.probability)
        var record = Sidecar.WindowRecord(window, explanation, manifest: manifest)
        record.end = end
        let sign = request.saliency.sign
        let explained = ExplainedWindow(
            shown: [DisplayMap(map: try explanation.shown(sign), sign: sign)],
            caption: explanation.caption(labels: labels), name: explanation.name(labels: labels),
            probability: explanation.probability, record: record)
        last = (window, explained)
        return explained
    }

    func extend(_ record: inout Sidecar.WindowRecord, end: Double) {
        record.end = end
        record.repeats = (record.repeats ?? 0) + 1
    }

    func finish(_ records: inout [Sidecar.WindowRecord]) throws -> [String] {
        let windows = confident.windows
        let measured = try measurer.measure(windows)
        for (window, trust) in zip(windows, measured) {
            guard let place = records.firstIndex(where: { $0.index == window.index }) else { continue }
            records[place].trust = trust
        }
        let left = windows.count - measured.count
        guard left > 0 else { return [] }
        return [
            "\(left) \(left == 1 ? "window was" : "windows were") not measured for trust: the job was asked to end"
        ]
    }
}

extension ExplainedWindow<Sidecar.WindowRecord> {
    /// The same answer and maps for another window with the same content.
    fileprivate func repeated(by window: Window, before last: Window, end: Double) -> Self {
        var other = self
        other.record.index = window.index
        other.record.start = window.times.first ?? 0
        other.record.end = end
        other.record.paddedFrames = window.paddedCount
        other.record.repeats = nil
        other.record.trust = nil
        other.record.flags = Sidecar.WindowRecord.flags(of: window)
        other.repeatsLast = true
        other.extendsRecord =
            window.paddedCount == last.paddedCount && window.containsCorruption == last.containsCorruption
        return other
    }
}
