import Decode
import Engine

/// One method's explanation of every window.
struct AnnotatedWindows: WindowExplaining {
    let explainer: Explainer
    let manifest: ModelManifest

    func explain(
        _ window: Window, end: Double, control: RunControl
    ) throws -> ExplainedWindow<Sidecar.WindowRecord> {
        let explanation = try explainer.explain(window, control: control)
        var record = Sidecar.WindowRecord(window, explanation, manifest: manifest)
        record.end = end
        return ExplainedWindow(maps: [explanation.map], caption: record.target.caption, record: record)
    }
}
