import Concurrency
import Engine
import Media

/// Measures the methods of a request on a clip's first window. Blocks, so use it on dedicated threads only.
struct EvidenceMeasurer {
    let request: EvidenceRequest
    let sampling: SamplingRequest
    let model: LoadedModel
    let threads: Int?
    let memoryLimit: Int

    /// - Throws: `MediaError`, `ModelError`.
    func measure(_ path: String, cancellation: Cancellation) throws -> ClipEvidence {
        let reader = try WindowReader(
            input: path, request: sampling, manifest: model.manifest, cancellation: cancellation)
        guard let window = try reader.next() else { throw MediaError(.noVideo, "has no frames", file: path) }
        let explainer = try Explainer(
            model: model, request: SaliencyRequest(seed: request.seed), threads: threads, memoryLimit: memoryLimit)
        let session = try explainer.load(window)
        let isCancelled = { cancellation.isCancelled }
        let control = RunControl(isCancelled: isCancelled)
        let target = try SaliencyTarget.top1.resolve(
            logits: session.forward(control: control), manifest: model.manifest)
        var explained: [(explanation: Explanation, seconds: Double)] = []
        for name in request.methods {
            let clock = ContinuousClock()
            let begin = clock.now
            let method = SaliencyRequest(method: name, seed: request.seed).engineMethod
            let explanation = try method.explain(session, target: .index(target), control: control)
            explained.append((explanation, (clock.now - begin) / .seconds(1)))
        }
        let curves = try TrustCurves(session, target: target, steps: request.steps, control: control)
        let maps = explained.map(\.explanation.map.steady)
        // The information of random orders hardly differs, so one is enough.
        let information = try TrustEvidence.information(
            session, maps: maps + [RandomOrder.map(session.shape, seed: request.seed)], target: target,
            seed: request.seed, control: control)
        let methods = try explained.enumerated().map { place, one in
            ClipEvidence.Method(
                name: request.methods[place].rawValue,
                areas: ClipEvidence.Areas(
                    curves: try curves.of(maps[place], control: control), information: information?[place]),
                cost: one.explanation.cost, seconds: one.seconds)
        }
        let random = try curves.random(orders: request.randomOrders, seed: request.seed, control: control)
        return ClipEvidence(
            target: target, random: ClipEvidence.Areas(curves: random, information: information?.last),
            methods: methods)
    }
}

/// The methods that an evaluation measures on every clip, and the settings.
public struct EvidenceRequest: Sendable, Equatable {
    public var methods: [SaliencyRequest.Method]
    /// The number of steps of the curves.
    public var steps: Int
    /// The number of random orders whose areas are averaged.
    public var randomOrders: Int
    /// The seed of the random orders and of the pixels for blurred clips.
    public var seed: UInt64

    public init(
        methods: [SaliencyRequest.Method], steps: Int = 20, randomOrders: Int = RandomOrder.standardCount,
        seed: UInt64 = 1
    ) {
        self.methods = methods
        self.steps = steps
        self.randomOrders = randomOrders
        self.seed = seed
    }

    /// A readable summary that is also compared.
    var summary: String {
        "\(methods.map(\.rawValue).joined(separator: ",")), \(steps) steps, \(randomOrders) random orders, seed \(seed)"
    }
}
