import Concurrency
import Decode
import Engine

/// Explains every window by all methods with one session, and measures evidence on the planned windows.
struct ComparedWindows: WindowExplaining {
    let explainer: Explainer
    let methods: [SaliencyRequest]
    let manifest: ModelManifest
    let source: OpenedSource
    let plan: EvidencePlan
    let evidence: CompareEvidence
    let stop: StopRequest
    /// Reports the current activity.
    let report: (String) -> Void

    func explain(
        _ window: Window, end: Double, control: RunControl
    ) throws -> ExplainedWindow<CompareResult.Window> {
        let name = "window \(window.index + 1)" + (plan.total.map { " of \(max($0, window.index + 1))" } ?? "")
        report(name)
        let session = try explainer.load(window)
        session.reusesForward = true
        let (before, reusedBefore) = (session.passes, session.reusedPasses)
        let clock = ContinuousClock()
        let start = clock.now
        _ = try session.forward(control: RunControl(isCancelled: control.isCancelled))
        let forwardSeconds = (clock.now - start) / .seconds(1)

        var explanations = [Explanation?](repeating: nil, count: methods.count)
        var seconds = [Double](repeating: 0, count: methods.count)
        for index in order {
            let reused = session.reusedPasses
            let start = clock.now
            explanations[index] = try methods[index].engineMethod.explain(
                session, target: SaliencyTarget(methods[index].target),
                control: RunControl(isCancelled: control.isCancelled) {
                    report("\(name): \(methods[index].label) \(Int($0 * 100)) %")
                    control.progress((Double(index) + $0) / Double(methods.count))
                })
            // The time that the method would have needed alone.
            seconds[index] =
                (clock.now - start) / .seconds(1) + Double(session.reusedPasses - reused) * forwardSeconds
        }
        let known = explanations.compactMap { $0 }
        guard let first = known.first else { throw ModelError(.invalidRequest, "no method is named") }
        let measured =
            plan.windows.contains(window.index)
            ? try measure(known, of: window, session, control: control) { map in
                report("\(name): evidence" + (map.map { ", \(methods[$0].label)" } ?? ", random order"))
            } : nil
        let labels = manifest.labels
        let answer = first.answer(labels: labels)
        let passes = session.passes - before
        let record = CompareResult.Window(
            index: window.index, start: window.times.first ?? 0, end: end, paddedFrames: window.paddedCount,
            target: answer, contrast: first.contrast(labels: labels), top: first.topK(5, labels: labels),
            flags: (window.paddedCount > 0 ? [.padded] : []) + (window.containsCorruption ? [.corrupt] : []),
            forwardSeconds: forwardSeconds,
            methods: zip(known, seconds).map { explanation, seconds in
                CompareResult.Map(
                    saliency: explanation.map.statistics, completeness: explanation.completeness,
                    cost: CompareResult.Cost(explanation.cost, seconds: seconds))
            },
            evidence: measured,
            cost: CompareResult.Cost(
                PassCount(
                    forward: passes.forward - (session.reusedPasses - reusedBefore), backward: passes.backward),
                seconds: (clock.now - start) / .seconds(1)))
        return ExplainedWindow(
            shown: try zip(known, methods).map { DisplayMap(map: try $0.shown($1.sign), sign: $1.sign) },
            caption: first.caption(labels: labels), name: first.name(labels: labels), probability: first.probability,
            record: record)
    }

    /// The window's evidence; nil if the job is asked to end before it is complete.
    private func measure(
        _ explanations: [Explanation], of window: Window, _ session: EngineSession, control: RunControl,
        report: (_ map: Int?) -> Void
    ) throws -> CompareResult.WindowEvidence? {
        let untilFinish = RunControl(
            isCancelled: { control.isCancelled() || stop.shouldFinishSoon }, progress: control.progress)
        do {
            return try evidence.measure(
                explanations.map(\.map), of: window, in: source, session: session, target: explanations[0].target,
                control: untilFinish, report: report)
        } catch let error as ModelError where error.code == .cancelled && !control.isCancelled() {
            return nil
        }
    }

    /// Methods that need only the clip's forward pass come first, because they share it.
    private var order: [Int] {
        methods.indices.filter { methods[$0].reusesForward }
            + methods.indices.filter { !methods[$0].reusesForward }
    }
}
