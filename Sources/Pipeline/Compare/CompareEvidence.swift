import Decode
import Engine
import Media

/// Measures the quality of one window's maps, with measures that need few passes and no further explanation.
struct CompareEvidence: Sendable {
    let steps: Int
    /// The number of random orders whose curves are averaged.
    let randomOrders: Int
    let seed: UInt64
    let masks: FrameMasks?
    /// In pixels.
    let tolerance: Double

    /// The number of forward passes per window: two curves for each map and for each random order, their common ends,
    /// and the boxes.
    static func passes(methods: Int, steps: Int, randomOrders: Int = RandomOrder.standardCount) -> Int {
        TrustCurves.passes(steps: steps) * (methods + randomOrders) + TrustCurves.endPasses + Infidelity().boxes + 1
    }

    /// - Parameters:
    ///   - maps: the maps of the session's clip, which is restored afterwards.
    ///   - target: the class whose probability is measured.
    ///   - report: called with the index of the map that is being measured; nil for other measurements.
    /// - Throws: `ModelError`; `MediaError` if the masks cannot be read.
    func measure(
        _ maps: [SaliencyMap], of window: Window, in source: OpenedSource, session: EngineSession, target: Int,
        control: RunControl, report: (_ map: Int?) -> Void
    ) throws -> CompareResult.WindowEvidence {
        let before = session.passes
        let clock = ContinuousClock()
        let start = clock.now
        report(nil)
        let measured = try TrustCurves(session, target: target, steps: steps, control: control)
        let random = Self.curves(try measured.random(orders: randomOrders, seed: seed, control: control))
        let infidelities = try Infidelity(seed: seed).values(session, maps: maps, target: target, control: control)
        let edges = MapSimilarity(to: FrameEdges.map(of: session))
        let mask = try masks.flatMap { try $0.mask(of: window, in: source) }
        var methods: [CompareResult.MapEvidence] = []
        var similarities: [[MapSimilarity.Value]] = []
        for (index, map) in maps.enumerated() {
            report(index)
            methods.append(
                CompareResult.MapEvidence(
                    curves: Self.curves(try measured.of(map.steady, control: control)),
                    unexplained: infidelities[index].unexplained, edges: edges.of(map),
                    mask: try mask.map { try MaskAgreement(map, mask: $0, tolerance: tolerance) }))
            let similarity = MapSimilarity(to: map)
            similarities.append(maps[..<index].map { similarity.of($0) })
            if control.isCancelled() { throw ModelError(.cancelled, "cancelled") }
        }
        return CompareResult.WindowEvidence(
            random: random, methods: methods, similarity: MapMatrix(lower: similarities),
            cost: CompareResult.Cost(session.passes - before, seconds: (clock.now - start) / .seconds(1)))
    }

    private static func curves(_ curves: [TrustResult.Curve]) -> CompareResult.Curves {
        func curve(_ direction: PixelCurveMetric.Direction) -> PixelCurve {
            let found = curves.of(direction, .clip)
            return PixelCurve(fractions: found?.fractions ?? [], probabilities: found?.probabilities ?? [])
        }
        return CompareResult.Curves(deletion: curve(.deletion), insertion: curve(.insertion))
    }
}

/// The windows of a source on which evidence is measured: the middle windows of equal parts if the source's length is
/// known in advance, otherwise the first windows.
struct EvidencePlan: Sendable, Equatable {
    let windows: Set<Int>
    /// The number of windows of the whole source that its container states or implies; nil if unknown.
    let total: Int?

    init(count: Int, total: Int?) {
        self.total = total
        guard let total, total > 0 else {
            windows = Set(0..<max(count, 0))
            return
        }
        let count = min(max(count, 0), total)
        windows = Set((0..<count).map { ((2 * $0 + 1) * total - 1) / (2 * count) })
    }

    init(count: Int, source: OpenedSource) {
        self.init(count: count, total: Self.windowCount(source.properties, source.sampling))
    }

    static func windowCount(_ source: SourceProperties, _ sampling: ResolvedSampling) -> Int? {
        let samples: Double?
        if let rate = sampling.framesPerSecond {
            let counted = source.estimatedFrameCount.flatMap {
                source.averageFrameRate.isPositive ? Double($0) / source.averageFrameRate.value : nil
            }
            samples = (counted ?? source.duration).map { $0 * rate }
        } else {
            samples = source.estimatedFrameCount.map(Double.init)
        }
        // A limit far beyond any real video, to avoid overflows.
        guard let samples, samples.isFinite, samples > 0, samples < 1e12 else { return nil }
        let behindFirst = max(samples.rounded() - Double(sampling.window), 0)
        return 1 + Int((behindFirst / Double(sampling.stride)).rounded(.up))
    }
}
