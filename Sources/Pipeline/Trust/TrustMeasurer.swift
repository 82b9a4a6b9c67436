import Concurrency
import Decode
import Engine
import Files
import FoundationEssentials

/// Measures the methods of a `trust` job on one window, and keeps every measurement in a journal until the report is
/// written.
///
/// The clip is set once for each measurement, and all methods are measured on it, so that they share passes. The
/// methods' own maps are not in the journal, because they are large; a continued run computes them again.
struct TrustMeasurer {
    let request: TrustRequest
    let model: LoadedModel
    let variables: ModelVariables
    let threads: Int?
    let memoryLimit: Int
    let isCancelled: () -> Bool
    let report: (TrustProgress) -> Void

    /// The boxes of one line of the journal.
    private static let boxesAtOnce = 25

    struct Result {
        var methods: [TrustEvidence.Measures]
        var random: TrustEvidence.Random
        /// The first method's explanation, with the network's answer.
        var answers: Explanation
        /// Each method's map for the trained and the randomised networks.
        var randomized: [[RandomizedNetworkMap]]
        /// The maps of `WeightReferences.methods` for the trained network.
        var referenceMaps: [SaliencyMap]
        var references: WeightReferences?
        /// To be removed when the report is written.
        var journal: TrustJournal
    }

    /// - Throws: `ModelError`, `FileError`.
    func measure(_ window: Window) throws -> Result {
        let found = try trained(window)
        var result = found.result
        // The trained network's session has released its memory by now, because each stage needs as much.
        try cascade(&result, clip: found.clip, shape: found.shape, found.meter)
        found.meter.finish()
        return result
    }

    // MARK: - With the trained network

    private func trained(
        _ window: Window
    ) throws -> (result: Result, clip: [Float], shape: ClipShape, meter: TrustMeter) {
        // Boxes change only some of the frames. The explainer's own method is not used.
        guard let first = saliency.first else { throw ModelError(.invalidRequest, "no method is named") }
        let explainer = try Explainer(
            model: model, request: first, threads: threads, memoryLimit: memoryLimit, keepsOverlap: true)
        let session = try explainer.load(window)
        let meter = TrustMeter(passes: passes(session.shape), isCancelled: isCancelled, report: report)
        meter.watch(session)
        let explanations = try meter.measure("maps", cost: cascadeCost(session.shape)) { control in
            try explained(session, control: control)
        }
        guard let answers = explanations.first else { throw ModelError(.invalidRequest, "no method is named") }
        let methods = zip(group.methods, explanations).map { method, explanation in
            TrustEvidence.Measures(
                name: method.name, map: explanation.map, completeness: explanation.completeness)
        }
        let clip = session.clip()
        let journal = try TrustJournal(
            of: request.output, header: header(clip, session.shape, target: answers.target),
            isReplacing: request.isReplacing)
        var result = Result(
            methods: methods, random: TrustEvidence.Random(), answers: answers, randomized: [],
            referenceMaps: explanations.dropFirst(methods.count).map(\.map), journal: journal)
        let recorder = Recorder(journal: journal, meter: meter)
        try measureCurves(&result, session, recorder)
        try measureBoxes(&result, session, recorder)
        try measureNoise(&result, session, recorder)
        try measureClasses(&result, session, recorder)
        if request.isFull { try measureInformation(&result, session, recorder) }
        let edges = MapSimilarity(to: FrameEdges.map(of: session))
        for index in methods.indices { result.methods[index].edges = edges.of(methods[index].map) }
        meter.unwatch()
        return (result, clip, session.shape, meter)
    }

    private var group: MethodGroup { MethodGroup(saliency.map(\.engineMethod)) }

    /// The methods, then those of `WeightReferences`.
    private var cascadeGroup: MethodGroup {
        MethodGroup(saliency.map(\.engineMethod) + WeightReferences.engineMethods)
    }

    private var saliency: [SaliencyRequest] {
        request.methods.map { name in
            var saliency = request.saliency
            saliency.method = name
            return saliency
        }
    }

    /// By the methods of `cascadeGroup`.
    private func explained(_ session: EngineSession, control: RunControl) throws(ModelError) -> [Explanation] {
        let group = cascadeGroup
        let target = SaliencyTarget(request.saliency.target)
        var found = [Explanation?](repeating: nil, count: group.methods.count)
        try group.explain(session, targets: [target], control: control) { method, _, explanation in
            found[method] = explanation
        }
        return found.compactMap { $0 }
    }

    private var scopes: [PixelCurveMetric.Scope] { request.isFull ? PixelCurveMetric.Scope.allCases : [.clip] }

    private func measureCurves(_ result: inout Result, _ session: EngineSession, _ recorder: Recorder) throws {
        var known: TrustCurves?
        func curves() throws(ModelError) -> TrustCurves {
            if let known { return known }
            let made = try TrustCurves(
                session, target: result.answers.target, steps: request.steps,
                control: RunControl(isCancelled: isCancelled))
            known = made
            return made
        }
        let cost = TrustCurves.passes(steps: request.steps) * scopes.count
        let seed = request.saliency.seed
        var orders: [[TrustResult.Curve]] = []
        for number in 0..<request.randomOrders {
            orders.append(
                try recorder.value(
                    "curves of random order \(number)",
                    activity: "random order \(number + 1) of \(request.randomOrders): deletion and insertion",
                    cost: cost
                ) { control in
                    try curves().of(
                        RandomOrder.map(session.shape, seed: seed, number: number), scopes: scopes, control: control)
                })
        }
        result.random.curves = TrustCurves.mean(orders)
        for index in result.methods.indices {
            let (name, map) = (result.methods[index].name, result.methods[index].map)
            result.methods[index].curves = try recorder.value(
                "curves of \(name)", activity: "\(name): deletion and insertion", cost: cost
            ) { control in try curves().of(map.steady, scopes: scopes, control: control) }
        }
    }

    private func measureBoxes(_ result: inout Result, _ session: EngineSession, _ recorder: Recorder) throws {
        let infidelity = Infidelity(boxes: request.boxes, seed: request.saliency.seed)
        var losses: [Double] = []
        while losses.count < request.boxes {
            let numbers = losses.count..<min(losses.count + Self.boxesAtOnce, request.boxes)
            losses += try recorder.value(
                "losses without boxes from \(numbers.lowerBound)",
                activity: "boxes \(numbers.lowerBound + 1) to \(numbers.upperBound) of \(request.boxes)",
                cost: numbers.count + 1
            ) { [target = result.answers.target] control in
                try infidelity.losses(session, target: target, of: numbers, control: control)
            }
        }
        func predictions(_ map: SaliencyMap) -> BoxPredictions {
            BoxPredictions(map, shape: session.shape, infidelity, losses: losses)
        }
        let random = (0..<request.randomOrders).map {
            predictions(RandomOrder.map(session.shape, seed: request.saliency.seed, number: $0))
        }
        result.random.infidelity = BoxPredictions.mean(random)
        for index in result.methods.indices {
            let own = predictions(result.methods[index].map)
            result.methods[index].infidelity = own.value
            result.methods[index].parts = own.ratio(to: random)
        }
    }

    private func measureNoise(_ result: inout Result, _ session: EngineSession, _ recorder: Recorder) throws {
        let sensitivity = MaxSensitivity(seed: request.saliency.seed)
        let (originals, target) = (result.methods.map(\.map), result.answers.target)
        for sample in 0..<sensitivity.samples {
            let changes = try recorder.value(
                "changes in noisy clip \(sample)", activity: "noisy clip \(sample + 1) of \(sensitivity.samples)",
                cost: groupCost(session.shape)
            ) { control in
                try sensitivity.changes(
                    session, sample: sample, methods: group, originals: originals, target: target, control: control)
            }
            for (index, change) in zip(result.methods.indices, changes) {
                if let change { result.methods[index].noise.append(change) }
            }
        }
    }

    private func measureClasses(_ result: inout Result, _ session: EngineSession, _ recorder: Recorder) throws {
        let randomization = LogitRandomization(seed: request.saliency.seed)
        let (originals, target) = (result.methods.map(\.map), result.answers.target)
        let steps = try recorder.value(
            "maps of other classes", activity: "other classes",
            cost: groupCost(session.shape, targets: randomization.classes)
        ) { control in
            try randomization.steps(session, methods: group, originals: originals, target: target, control: control)
        }
        for (index, steps) in zip(result.methods.indices, steps) { result.methods[index].classes = steps }
    }

    private func measureInformation(_ result: inout Result, _ session: EngineSession, _ recorder: Recorder) throws {
        guard TrustEvidence.canMeasureInformation(channels: session.shape.channels) else { return }
        let (target, seed) = (result.answers.target, request.saliency.seed)
        func information(_ name: String, _ map: SaliencyMap) throws -> InformationMetric.Value? {
            try recorder.value(
                "information of \(name)", activity: "\(name): information", cost: TrustEvidence.informationPasses
            ) { control in
                try TrustEvidence.information(session, maps: [map], target: target, seed: seed, control: control)?.first
            }
        }
        result.random.information = try information("random order", RandomOrder.map(session.shape, seed: seed))
        for index in result.methods.indices {
            result.methods[index].information = try information(
                result.methods[index].name, result.methods[index].map.steady)
        }
    }

    // MARK: - With randomised networks

    /// One line of the journal for a stage of the cascade.
    private struct Stage: Codable {
        /// For each method of `cascadeGroup`.
        var similarities: [MapSimilarity.Value]
        /// The middle frame of each method's map as it is shown, `[H, W]`.
        var frames: [Data]
    }

    private var stages: [NetworkRandomization.Stage] {
        NetworkRandomization.stages.filter { request.isFull || TrustRules.judgesWeights($0.name) }
    }

    private func cascade(
        _ result: inout Result, clip: [Float], shape: ClipShape, _ meter: TrustMeter
    ) throws {
        let recorder = Recorder(journal: result.journal, meter: meter)
        let (maps, target, middle) = (result.methods.map(\.map), result.answers.target, shape.frames / 2)
        let originals = (maps + result.referenceMaps).map(MapSimilarity.init(to:))
        let group = cascadeGroup
        var references = [[CascadingRandomization.Step]](repeating: [], count: result.referenceMaps.count)
        var cascade = CascadingRandomization(
            variables: variables, model: model.network, shape: shape, pool: ThreadPool(threadCount: threads),
            memoryLimit: memoryLimit, seed: request.saliency.seed)
        result.randomized = maps.map { [RandomizedNetworkMap(stage: "trained", map: $0, frame: middle)] }
        for (number, stage) in stages.enumerated() {
            let found: Stage = try recorder.value(
                "maps with \(stage.name) randomised",
                activity: "randomised network \(number + 1) of \(stages.count), from Logits to \(stage.name)",
                cost: cascadeCost(shape)
            ) { control in
                var frames = [Data](repeating: Data(), count: maps.count)
                let step = try cascade.step(
                    stage, clip: clip, target: target, methods: group, originals: originals, control: control
                ) { index, map in
                    guard index < frames.count else { return }
                    frames[index] = Data(RandomizedNetworkMap(stage: stage.name, map: map, frame: middle).heat.values)
                }
                meter.add(step.passes)
                return Stage(similarities: step.similarities, frames: frames)
            }
            guard found.similarities.count == originals.count, found.frames.count == maps.count,
                found.frames.allSatisfy({ $0.count == shape.height * shape.width })
            else { throw ModelError(.invalidRequest, "the journal's maps do not fit the methods") }
            for index in maps.indices {
                result.methods[index].cascade.append(
                    CascadingRandomization.Step(stage: stage.name, similarity: found.similarities[index]))
                result.randomized[index].append(
                    RandomizedNetworkMap(
                        stage: stage.name, width: shape.width, height: shape.height,
                        values: [UInt8](found.frames[index])))
            }
            for (index, similarity) in found.similarities.dropFirst(maps.count).enumerated() {
                references[index].append(CascadingRandomization.Step(stage: stage.name, similarity: similarity))
            }
        }
        result.references = WeightReferences(references)
    }

    // MARK: - Costs

    /// About how many passes one explanation by all methods takes.
    private func groupCost(_ shape: ClipShape, targets: Int = 1) -> Int {
        group.cost(alone: saliency.map { $0.method.cost(with: $0.settings, shape: shape) }, targets: targets)
    }

    /// The same with the references.
    private func cascadeCost(_ shape: ClipShape) -> Int {
        let alone = saliency.map { $0.method.cost(with: $0.settings, shape: shape) }
        let references = WeightReferences.methods.map { $0.cost(with: MethodSettings(), shape: shape) }
        return cascadeGroup.cost(alone: alone + references, targets: 1)
    }

    /// About how many passes the whole measurement takes.
    private func passes(_ shape: ClipShape) -> Int {
        let maps = request.methods.count + request.randomOrders
        let curves = maps * TrustCurves.passes(steps: request.steps) * scopes.count
        let boxes = request.boxes + (request.boxes + Self.boxesAtOnce - 1) / Self.boxesAtOnce
        let explanations = groupCost(shape) * MaxSensitivity().samples + cascadeCost(shape) * (1 + stages.count)
        let classes = groupCost(shape, targets: LogitRandomization().classes)
        let measuresInformation =
            request.isFull && TrustEvidence.canMeasureInformation(channels: shape.channels)
        let information = measuresInformation ? (request.methods.count + 1) * TrustEvidence.informationPasses : 0
        return curves + boxes + explanations + classes + information
    }

    private func header(_ clip: [Float], _ shape: ClipShape, target: Int) -> TrustJournal.Header {
        var digest = SHA256()
        clip.withUnsafeBytes { digest.update($0) }
        var settings = request.settings
        // Only the mask uses it, which is compared with the maps at the end.
        settings.tolerance = 0
        return TrustJournal.Header(
            saliencyd: saliencydVersion, clip: digest.hexDigest(),
            shape: [shape.frames, shape.height, shape.width, shape.channels], model: model.description.sha256,
            target: target, methods: saliency.map(\.label), settings: settings)
    }
}

/// Measures what the journal does not have, and keeps it there.
private struct Recorder {
    let journal: TrustJournal
    let meter: TrustMeter

    /// - Parameters:
    ///   - key: of the measurement in the journal.
    ///   - activity: its name in the progress.
    ///   - cost: about how many passes it takes.
    func value<Value: Codable>(
        _ key: String, activity: String, cost: Int, measure: (RunControl) throws -> Value
    ) throws -> Value {
        if let known = journal.value(key, as: Value.self) {
            meter.skip(cost: cost)
            return known
        }
        let value = try meter.measure(activity, cost: cost, measure)
        try journal.keep(value, as: key)
        return value
    }
}
