import Concurrency
import Decode
import Encode
import Engine
import Media

/// Measures whether the explanations of one window can be trusted, applies the rules, and writes the result as JSON and
/// as an HTML page.
public struct TrustJob: Sendable {
    private let request: TrustRequest
    private let model: LoadedModel
    private let variables: ModelVariables
    private let threads: Int?
    private let memoryLimit: Int

    /// - Parameters:
    ///   - variables: the model's variables.
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    public init(
        request: TrustRequest, model: LoadedModel, variables: ModelVariables, threads: Int? = nil,
        memoryLimit: Int = MemoryBudget.standard
    ) {
        self.request = request
        self.model = model
        self.variables = variables
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// - Parameter progress: called from the computing thread.
    /// - Throws: `MediaError`, `ModelError`, `CancellationError`; then no file with a final name is left.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (TrustProgress) -> Void = { _ in }
    ) async throws -> TrustResult {
        try request.checkOutput()
        return try await DedicatedThread.run(name: "trust", onCancel: { stop.abort.cancel() }) {
            try judge(stop: stop, progress: progress)
        }
    }

    private func judge(stop: StopRequest, progress: @escaping @Sendable (TrustProgress) -> Void) throws -> TrustResult {
        let abort = stop.abort
        let (reader, window) = try WindowReader.first(
            of: request.input, request: request.sampling, manifest: model.manifest, start: request.start,
            cancellation: abort)
        let mask = try request.mask.map { try MaskFile.read($0, for: window) }
        let (measured, answers, randomized) = try measure(window, isCancelled: { abort.isCancelled }, progress)
        let result = try result(window, reader, measured, answers, mask)
        let page = try TrustPage(
            result: result, window: window, maps: measured.methods.map(\.map), randomized: randomized
        )
        .html()
        let folder = try StagedFolder(request.output, isReplacing: request.isReplacing)
        try folder.write { path in
            try ResultFile.write(result, to: path("trust.json"), replacing: false)
            try ResultFile.write(text: page, to: path("trust.html"), replacing: false)
        }
        try folder.commit()
        progress(TrustProgress(fraction: 1, activity: "done"))
        return result
    }

    private struct Measured {
        var methods: [TrustEvidence.Measures]
        var cascades: [[CascadingRandomization.Step]]
        var random: TrustEvidence.Random
    }

    private func measure(
        _ window: Window, isCancelled: @escaping () -> Bool, _ progress: @escaping @Sendable (TrustProgress) -> Void
    ) throws -> (Measured, answers: Explanation, randomized: [[RandomizedNetworkMap]]) {
        let stages = NetworkRandomization.stages.count
        let total = Double(TrustEvidence.reportCount(methods: request.methods.count) + stages)
        var done = 0.0
        func report(_ activity: String) {
            progress(TrustProgress(fraction: done / total, activity: activity))
            done += 1
        }
        let (methods, random, answers, clip, shape) = try trained(window, isCancelled, report)
        // The trained network's session has released its memory by now, because each stage needs as much.
        var randomized = [[RandomizedNetworkMap]](repeating: [], count: methods.count)
        let middle = shape.frames / 2
        for index in methods.indices {
            randomized[index].append(RandomizedNetworkMap(stage: "trained", map: methods[index].map, frame: middle))
        }
        let cascade = CascadingRandomization(
            variables: variables, model: model.network, shape: shape, pool: ThreadPool(threadCount: threads),
            memoryLimit: memoryLimit, seed: request.saliency.seed)
        let before = done
        let activity = "randomising the network"
        report(activity)
        let cascades = try cascade.steps(
            clip: clip, target: answers.target, methods: methods.map(\.method), originals: methods.map(\.map),
            control: RunControl(isCancelled: isCancelled) { share in
                progress(TrustProgress(fraction: (before + share * Double(stages)) / total, activity: activity))
            }
        ) { index, stage, map in
            randomized[index].append(RandomizedNetworkMap(stage: stage.name, map: map, frame: middle))
        }
        return (Measured(methods: methods, cascades: cascades, random: random), answers, randomized)
    }

    /// Everything that requires the trained network.
    private func trained(
        _ window: Window, _ isCancelled: @escaping () -> Bool, _ report: @escaping (String) -> Void
    ) throws -> (
        methods: [TrustEvidence.Measures], random: TrustEvidence.Random, answers: Explanation, clip: [Float],
        shape: ClipShape
    ) {
        let explainer = try Explainer(
            model: model, request: request.saliency, threads: threads, memoryLimit: memoryLimit)
        let session = try explainer.load(window)
        var methods: [TrustEvidence.Measures] = []
        var answers: Explanation?
        var target = SaliencyTarget(request.saliency.target)
        for name in request.methods {
            var saliency = request.saliency
            saliency.method = name
            let method = saliency.engineMethod
            let explanation = try method.explain(session, target: target, control: RunControl(isCancelled: isCancelled))
            methods.append(
                TrustEvidence.Measures(
                    name: method.name, method: method, map: explanation.map, completeness: explanation.completeness))
            target = .index(explanation.target)
            answers = answers ?? explanation
        }
        guard let answers else { throw ModelError(.invalidRequest, "no method is named") }
        let evidence = TrustEvidence(
            session: session, target: answers.target, steps: request.steps, seed: request.saliency.seed,
            isCancelled: isCancelled, report: report)
        let measured = try evidence.measure(methods)
        return (measured.methods, measured.random, answers, session.clip(), session.shape)
    }

    private func result(
        _ window: Window, _ reader: WindowReader, _ measured: Measured, _ answers: Explanation, _ mask: [Bool]?
    ) throws -> TrustResult {
        let labels = model.manifest.labels
        let properties = reader.properties
        let map = answers.map
        let methods = try zip(measured.methods, measured.cascades).map { method, cascade in
            let onMask = try mask.map { try MaskAgreement(method.map, mask: $0, tolerance: request.tolerance) }
            return TrustResult.Method(
                name: method.name, curves: method.curves,
                information: method.information.map(TrustResult.Information.init), infidelity: method.infidelity,
                maxSensitivity: method.maxSensitivity, completeness: method.completeness, cascade: cascade,
                classes: method.classes, edges: method.edges, mask: onMask,
                verdict: TrustVerdict(
                    findings: TrustRules.findings(
                        method, cascade: cascade, mask: onMask, random: measured.random)))
        }
        let (infidelity, sensitivity) = (Infidelity(), MaxSensitivity())
        return TrustResult(
            saliencyd: saliencydVersion,
            input: ExplainResult.Input(
                name: request.input, container: properties.container, width: properties.width,
                height: properties.height,
                clip: [map.frames, map.height, map.width, model.manifest.inputChannels], times: window.times,
                paddedFrames: window.paddedCount, corrupt: window.containsCorruption),
            model: model.description,
            settings: TrustResult.Settings(
                steps: request.steps, deletionBaseline: TrustEvidence.deletionBaseline,
                insertionBaseline: TrustEvidence.insertionBaseline, boxes: infidelity.boxes,
                noiseSamples: sensitivity.samples, noiseRadius: sensitivity.radius, tolerance: request.tolerance,
                smoothSamples: request.saliency.smoothSamples, seed: request.saliency.seed),
            target: answers.answer(labels: labels), topk: answers.topK(5, labels: labels),
            random: measured.random.curves,
            randomInformation: measured.random.information.map(TrustResult.Information.init),
            randomInfidelity: measured.random.infidelity, methods: methods,
            warnings: model.warnings + reader.warnings.map(\.message)
                + TrustRules.warnings(measured.random, channels: model.manifest.inputChannels))
    }
}

/// The progress of `trust`.
public struct TrustProgress: Sendable, Equatable {
    /// The finished fraction, 0…1.
    public var fraction: Double
    /// The current measurement.
    public var activity: String
}

/// Reads the object's mask from an array file.
enum MaskFile {
    /// The mask: true where the file is not 0.
    ///
    /// - Throws: `MediaError` if it cannot be read or does not have the window's shape `[T, H, W]`.
    static func read(_ path: String, for window: Window) throws(MediaError) -> [Bool] {
        let file = try NumPyFile(path)
        let shape = [window.frames.count, window.frames.first?.height ?? 0, window.frames.first?.width ?? 0]
        guard file.shape == shape else {
            throw MediaError(.notMedia, "is a mask of shape \(file.shape), and the window's is \(shape)", file: path)
        }
        let mask = try file.floats(rows: 0..<window.frames.count).map { $0 != 0 }
        guard mask.contains(true) else { throw MediaError(.notMedia, "is a mask that covers nothing", file: path) }
        return mask
    }
}
