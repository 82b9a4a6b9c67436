import Concurrency
import Decode
import Engine

/// Measures windows of a running job by those checks of `trust` that take only about a minute per window with a
/// published network: `weights`, `classes` and `pixels`.
///
/// A window costs 14 explanations by the job's method and 11 by each of `WeightReferences.methods`, which share passes,
/// 231 forward passes and 10 randomised networks. Between any two passes the engine is yielded to callers waiting at the
/// scheduler.
struct WindowTrustMeasurer {
    let model: LoadedModel
    let explainer: Explainer
    let memoryLimit: Int
    let seed: UInt64
    let scheduler: EngineScheduler
    let stop: StopRequest
    /// Reports the current measurement.
    let report: (String) -> Void
    /// Called after every pass.
    let advance: () -> Void

    /// The stages that `weights` considers.
    private static let stages = NetworkRandomization.stages.filter { TrustRules.judgesWeights($0.name) }

    /// Measures the windows and returns the results in their order; fewer if the job was asked to end meanwhile. Closes
    /// the explainer.
    ///
    /// - Throws: `ModelError`, `CancellationError`.
    func measure(_ windows: [Window]) throws -> [WindowTrust] {
        var trained: [Trained] = []
        for (number, window) in windows.enumerated() where !stop.shouldFinishSoon {
            trained.append(try measureTrained(window) { reportProgress($0, of: number, in: windows) })
        }
        // Each randomised network needs as much memory.
        explainer.close()
        guard !trained.isEmpty else { return [] }
        let variables = try model.variables()
        var result: [WindowTrust] = []
        for (number, window) in trained.enumerated() where !stop.shouldFinishSoon {
            reportProgress("randomising the network", of: number, in: windows)
            result.append(try judge(window, variables))
        }
        return result
    }

    private func reportProgress(_ activity: String, of number: Int, in windows: [Window]) {
        report("trust in window \(number + 1) of \(windows.count): \(activity)")
    }

    /// The measures of a window that require the trained network.
    private struct Trained {
        let target: Int
        let clip: [Float]
        let shape: ClipShape
        var measures: TrustEvidence.Measures
        /// Of `WeightReferences.methods`.
        let references: [SaliencyMap]
        let random: [TrustResult.Curve]
    }

    private func measureTrained(_ window: Window, report: (String) -> Void) throws -> Trained {
        try scheduler.turn(.job, cancellation: stop.abort) {
            report("explanation")
            let explanation = try explainer.explain(window, control: control())
            let session = try explainer.load(window)
            let curves = try TrustCurves(
                session, target: explanation.target, steps: WindowTrust.steps, control: control())
            var measures = TrustEvidence.Measures(
                name: explainer.method.name, map: explanation.map, completeness: explanation.completeness)
            report("deletion and insertion")
            measures.curves = try curves.of(explanation.map.steady, control: control())
            report("other classes")
            measures.classes = try LogitRandomization(seed: seed).steps(
                session, method: explainer.method, original: explanation.map, target: explanation.target,
                control: control())
            var references = [SaliencyMap?](repeating: nil, count: WeightReferences.methods.count)
            try MethodGroup(WeightReferences.engineMethods).explain(
                session, targets: [.index(explanation.target)], control: control()
            ) { method, _, explanation in references[method] = explanation.map }
            report("random order")
            let random = try curves.random(orders: RandomOrder.standardCount, seed: seed, control: control())
            return Trained(
                target: explanation.target, clip: session.clip(), shape: session.shape, measures: measures,
                references: references.compactMap { $0 }, random: random)
        }
    }

    private func judge(_ trained: Trained, _ variables: ModelVariables) throws -> WindowTrust {
        var window = trained
        let cascade = CascadingRandomization(
            variables: variables, model: model.network, shape: window.shape, pool: explainer.pool,
            memoryLimit: memoryLimit, seed: seed)
        let steps = try scheduler.turn(.job, cancellation: stop.abort) {
            try cascade.steps(
                clip: window.clip, target: window.target,
                methods: [explainer.method] + WeightReferences.engineMethods,
                originals: [window.measures.map] + window.references, stages: Self.stages, control: control())
        }
        window.measures.cascade = steps.first ?? []
        let findings = TrustRules.findings(
            window.measures, mask: nil, random: TrustEvidence.Random(curves: window.random),
            references: WeightReferences(steps.dropFirst()))
        func area(_ curves: [TrustResult.Curve], _ direction: PixelCurveMetric.Direction) -> Double {
            curves.of(direction, .clip)?.area ?? 0
        }
        return WindowTrust(
            deletion: area(window.measures.curves, .deletion), insertion: area(window.measures.curves, .insertion),
            randomDeletion: area(window.random, .deletion), randomInsertion: area(window.random, .insertion),
            verdict: TrustVerdict(findings: findings))
    }

    private func control() -> RunControl {
        let abort = stop.abort
        return RunControl(isCancelled: { abort.isCancelled }) { _ in pause() }
    }

    /// Called between two passes within a turn.
    private func pause() {
        advance()
        scheduler.yieldTurn(.job)
    }
}

/// The trust of one window's explanation in a sidecar.
public struct WindowTrust: Sendable, Codable, Equatable {
    /// The allowed numbers of measured windows of a video.
    public static let windowsRange = 1...8
    /// The number of steps of the curves, as in `trust`.
    static let steps = 20

    /// Areas under the class's probability while the most salient pixels of the whole clip are deleted or inserted;
    /// 0…1.
    public var deletion: Double
    public var insertion: Double
    /// The same areas for random orders: the means of `RandomOrder.standardCount`.
    public var randomDeletion: Double
    public var randomInsertion: Double
    public var verdict: TrustVerdict
}

/// The windows with the largest probabilities of their explained class, up to a limit.
struct MostConfidentWindows {
    let limit: Int
    private var found: [(window: Window, probability: Double)] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds a window; of windows with equal probabilities the earlier one is kept.
    mutating func add(_ window: Window, probability: Double) {
        guard limit > 0 else { return }
        let place = found.firstIndex { $0.probability < probability } ?? found.count
        found.insert((window, probability), at: place)
        if found.count > limit { found.removeLast() }
    }

    /// In descending order of probability.
    var windows: [Window] { found.map(\.window) }
}
