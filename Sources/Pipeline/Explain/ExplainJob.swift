import Decode
import Encode
import Engine

/// One window of one source, as pictures and numbers in a folder.
public struct ExplainJob: Sendable {
    private let request: ExplainRequest
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int

    /// Classes that `result.json` names.
    private static let namedClasses = 20

    /// - Parameters:
    ///   - threads: of the engine; nil for one a usable core.
    ///   - memoryLimit: bytes that the network may take beside its weights.
    public init(
        request: ExplainRequest, model: LoadedModel, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard
    ) {
        self.request = request
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// - Throws: `MediaError`, `ModelError`, `CancellationError`; nothing is left then under a final name.
    public func run(stop: StopRequest = StopRequest()) async throws -> ExplainResult {
        try request.checkOutput()
        return try await DedicatedThread.run(name: "explain", onCancel: { stop.abort.cancel() }) {
            try explain(stop: stop)
        }
    }

    private func explain(stop: StopRequest) throws -> ExplainResult {
        let abort = stop.abort
        let explainer = try Explainer(
            model: model, request: request.saliency, threads: threads, memoryLimit: memoryLimit)
        let reader = try WindowReader(
            input: request.input, request: request.sampling, manifest: model.manifest, start: request.start,
            isArrayOneWindow: true,
            cancellation: abort)
        guard let window = try reader.next() else {
            throw MediaError(
                .noVideo, request.start > 0 ? "has no frames from \(request.start) s on" : "has no frames",
                file: request.input)
        }
        let explanation = try explainer.explain(window, control: RunControl(isCancelled: { abort.isCancelled }))
        let sign = request.saliency.sign
        let shown = try explanation.shown(sign)
        let result = result(window, explanation, reader)

        let folder = try StagedFolder(request.output, isReplacing: request.isReplacing)
        try folder.write { path throws(MediaError) in
            try ExplanationPictures(window: window, map: shown, sign: sign).write(path: path)
            try ResultFile.write(result, to: path("result.json"), replacing: false)
        }
        if let rawMap = request.rawMap {
            let map = explanation.map
            try NumPyFile.write(
                rawMap, shape: [map.frames, map.height, map.width], floats: map.values, replacing: request.isReplacing)
        }
        if let signedMap = request.signedMap, let signed = explanation.signed {
            let map = explanation.map
            try NumPyFile.write(
                signedMap, shape: [map.frames, map.height, map.width], floats: signed, replacing: request.isReplacing)
        }
        try folder.commit()
        return result
    }

    private func result(_ window: Window, _ explanation: Explanation, _ reader: WindowReader) -> ExplainResult {
        let labels = model.manifest.labels
        let properties = reader.properties
        let map = explanation.map
        return ExplainResult(
            saliencyd: saliencydVersion,
            input: ExplainResult.Input(
                name: request.input, container: properties.container, width: properties.width,
                height: properties.height,
                clip: [map.frames, map.height, map.width, model.manifest.inputChannels], times: window.times,
                paddedFrames: window.paddedCount, corrupt: window.containsCorruption),
            model: model.description,
            method: ExplainResult.Method(
                name: request.saliency.method.rawValue, smoothSamples: request.saliency.smoothSamples,
                seed: request.saliency.seed, noiseAverage: request.saliency.usedNoiseAverage,
                steps: request.saliency.usedSteps, baseline: request.saliency.usedBaseline,
                sign: request.saliency.usedSign,
                target: request.saliency.target),
            logits: explanation.logits, target: explanation.answer(labels: labels),
            contrast: explanation.contrast(labels: labels),
            topk: explanation.topK(Self.namedClasses, labels: labels), saliency: map.statistics,
            completeness: explanation.completeness,
            cost: ExplainResult.Cost(
                forwardPasses: explanation.cost.forward, backwardPasses: explanation.cost.backward,
                multiple: explanation.cost.multiple),
            warnings: model.warnings + reader.warnings.map(\.message))
    }
}
