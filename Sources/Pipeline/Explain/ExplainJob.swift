import Concurrency
import Decode
import Encode
import Engine
import Media

/// Explains one window of one source and writes images and numbers to a folder.
public struct ExplainJob: Sendable {
    private let request: ExplainRequest
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int

    /// The number of classes in `result.json`.
    private static let namedClasses = 20

    /// - Parameters:
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    public init(
        request: ExplainRequest, model: LoadedModel, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard
    ) {
        self.request = request
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// - Parameter progress: called from the computing thread.
    /// - Throws: `MediaError`, `ModelError`, `CancellationError`; then no file with a final name is left.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (ExplainProgress) -> Void = { _ in }
    ) async throws -> ExplainResult {
        try request.checkOutput()
        return try await DedicatedThread.run(name: "explain", onCancel: { stop.abort.cancel() }) {
            try explain(stop: stop, progress: progress)
        }
    }

    private func explain(
        stop: StopRequest, progress: @escaping @Sendable (ExplainProgress) -> Void
    ) throws -> ExplainResult {
        let abort = stop.abort
        let targets = try targets()
        let explainer = try Explainer(
            model: model, request: request.saliency, threads: threads, memoryLimit: memoryLimit)
        let (reader, window) = try WindowReader.first(
            of: request.input, request: request.sampling, manifest: model.manifest, start: request.start,
            cancellation: abort)
        let clock = ContinuousClock()
        let begun = clock.now
        func report(_ fraction: Double) {
            progress(ExplainProgress(fraction: fraction, elapsedSeconds: (clock.now - begun) / .seconds(1)))
        }
        // Methods may report completion more than once.
        let control = RunControl(isCancelled: { abort.isCancelled }) { if $0 < 1 { report($0) } }
        let explanations = try explainer.explain(window, targets: targets, control: control)
        report(1)
        let result = result(window, explanations, reader)
        try write(window, explanations, result, stop)
        return result
    }

    /// - Throws: `invalidRequest` or `labels` for an unknown target, or for too many targets.
    private func targets() throws(ModelError) -> [SaliencyTarget] {
        let texts = request.targets
        guard texts.count <= ExplainRequest.maximumTargets else {
            throw ModelError(
                .invalidRequest, "\(texts.count) targets are asked for; \(ExplainRequest.maximumTargets) are the most")
        }
        if let twice = texts.enumerated().first(where: { texts[..<$0.offset].contains($0.element) })?.element {
            throw ModelError(.invalidRequest, "the target \(twice) is asked for twice")
        }
        let targets = texts.map { SaliencyTarget($0) }
        for target in targets { try target.resolve(manifest: model.manifest) }
        return targets
    }

    private func write(
        _ window: Window, _ explanations: [Explanation], _ result: ExplainResult, _ stop: StopRequest
    ) throws {
        let (sign, names) = (request.saliency.sign, request.targetNames)
        let shown = try explanations.map { explanation throws(ModelError) in try explanation.shown(sign) }
        let folder = try StagedFolder(request.output, isReplacing: request.isReplacing)
        try folder.write { path in
            try ExplanationImages.writeOriginals(of: window, path: path)
            for (map, name) in zip(shown, names) {
                if stop.abort.isCancelled { throw MediaError(.cancelled, "interrupted; nothing was written") }
                try ExplanationImages(window: window, map: map, sign: sign, name: name).write(path: path)
            }
            try ResultFile.write(result, to: path("result.json"), replacing: false)
        }
        for (explanation, name) in zip(explanations, names) {
            try writeArray(explanation.map, to: request.rawMap, name)
            try writeArray(explanation.signedMap, to: request.signedMap, name)
        }
        if let path = request.clip { try window.write(to: path, replacing: request.isReplacing) }
        try folder.commit()
    }

    private func writeArray(_ map: SaliencyMap?, to path: String?, _ name: String?) throws(MediaError) {
        guard let map, let path else { return }
        try NumPyFile.write(
            TargetNames.path(path, for: name), shape: [map.frames, map.height, map.width], floats: map.values,
            replacing: request.isReplacing)
    }

    private func result(
        _ window: Window, _ explanations: [Explanation], _ reader: WindowReader
    ) -> ExplainResult {
        let labels = model.manifest.labels
        let properties = reader.properties
        let explanation = explanations[0]
        let map = explanation.map
        let best = explanation.topK(Self.namedClasses, labels: labels)
        return ExplainResult(
            saliencyd: saliencydVersion,
            input: ExplainResult.Input(
                name: request.input, container: properties.container, width: properties.width,
                height: properties.height,
                clip: [map.frames, map.height, map.width, model.manifest.inputChannels], times: window.times,
                paddedFrames: window.paddedCount, corrupt: window.containsCorruption),
            model: model.description,
            method: MethodRecord(request.saliency),
            logits: explanation.logits, target: explanation.answer(labels: labels),
            contrast: explanation.contrast(labels: labels),
            topk: best, saliency: map.statistics,
            frameMeans: map.steadyFrameMeans, completeness: explanation.completeness,
            targets: explanations.count > 1 ? explained(explanations) : nil,
            cost: ExplainResult.Cost(
                forwardPasses: explanation.cost.forward, backwardPasses: explanation.cost.backward,
                multiple: explanation.cost.multiple),
            warnings: model.warnings + reader.warnings.map(\.message)
                + MotionDoubt.warnings(model: model.description, answers: Array(best.prefix(1))))
    }

    private func explained(_ explanations: [Explanation]) -> [ExplainResult.Explained] {
        let labels = model.manifest.labels
        return zip(explanations, zip(request.targets, TargetNames.names(request.targets))).map { explanation, target in
            ExplainResult.Explained(
                name: target.1, asked: target.0, target: explanation.answer(labels: labels),
                contrast: explanation.contrast(labels: labels), saliency: explanation.map.statistics,
                frameMeans: explanation.map.steadyFrameMeans, completeness: explanation.completeness)
        }
    }
}

/// The progress of `explain`.
public struct ExplainProgress: Sendable, Equatable {
    /// The finished fraction of the method's work, 0…1.
    public var fraction: Double
    /// Seconds since the network started.
    public var elapsedSeconds: Double

    public init(fraction: Double, elapsedSeconds: Double) {
        self.fraction = fraction
        self.elapsedSeconds = elapsedSeconds
    }

    /// The estimated remaining seconds; nil at the beginning.
    public var remainingSeconds: Double? {
        fraction > 0 ? elapsedSeconds * (1 - fraction) / fraction : nil
    }
}
