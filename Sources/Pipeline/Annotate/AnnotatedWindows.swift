import Decode
import Engine

/// One method's explanation of every window, and whether the most certain ones can be trusted where that is asked for.
final class AnnotatedWindows: WindowExplaining {
    private let explainer: Explainer
    private let request: AnnotateRequest
    private let labels: [String]
    private let manifest: ModelManifest
    private let measurer: WindowTrustMeasurer
    private var certain: CertainWindows

    /// - Parameter measurer: of the same explainer.
    init(explainer: Explainer, request: AnnotateRequest, manifest: ModelManifest, measurer: WindowTrustMeasurer) {
        self.explainer = explainer
        self.request = request
        self.manifest = manifest
        self.measurer = measurer
        labels = manifest.labels
        certain = CertainWindows(limit: request.trustWindows)
    }

    func explain(
        _ window: Window, end: Double, control: RunControl
    ) throws -> ExplainedWindow<Sidecar.WindowRecord> {
        let explanation = try explainer.explain(window, control: control)
        certain.add(window, probability: explanation.probability)
        var record = Sidecar.WindowRecord(window, explanation, manifest: manifest)
        record.end = end
        let sign = request.saliency.sign
        return ExplainedWindow(
            shown: [ShownMap(map: try explanation.shown(sign), sign: sign)],
            caption: explanation.caption(labels: labels), name: explanation.name(labels: labels),
            probability: explanation.probability, record: record)
    }

    func finish(_ records: inout [Sidecar.WindowRecord]) throws -> [String] {
        let windows = certain.windows
        let measured = try measurer.measure(windows)
        for (window, trust) in zip(windows, measured) {
            guard let place = records.firstIndex(where: { $0.index == window.index }) else { continue }
            records[place].trust = trust
        }
        let left = windows.count - measured.count
        guard left > 0 else { return [] }
        return [
            "\(left) \(left == 1 ? "window was" : "windows were") not measured whether to be trusted: the job was asked to end"
        ]
    }
}
