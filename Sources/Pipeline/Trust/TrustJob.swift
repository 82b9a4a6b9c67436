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

    /// Continues what an earlier run of the same job measured before it was stopped.
    ///
    /// - Parameter progress: called from the computing thread.
    /// - Throws: `MediaError`, `ModelError`, `FileError`, `CancellationError`; then no file with a final name is left,
    ///   but a folder beside the output with what has been measured (`TrustRequest.unfinishedFolder`).
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
        let measured = try TrustMeasurer(
            request: request, model: model, variables: variables, threads: threads, memoryLimit: memoryLimit,
            isCancelled: { abort.isCancelled }, report: progress
        ).measure(window)
        let result = try result(window, reader, measured, mask)
        let page = try TrustPage(
            result: result, window: window, maps: measured.methods.map(\.map), randomized: measured.randomized
        )
        .html()
        let folder = try StagedFolder(request.output, isReplacing: request.isReplacing)
        try folder.write { path in
            try ResultFile.write(result, to: path("trust.json"), replacing: false)
            try ResultFile.write(text: page, to: path("trust.html"), replacing: false)
        }
        try folder.commit()
        measured.journal.remove()
        return result
    }

    private func result(
        _ window: Window, _ reader: WindowReader, _ measured: TrustMeasurer.Result, _ mask: [Bool]?
    ) throws -> TrustResult {
        let labels = model.manifest.labels
        let properties = reader.properties
        let answers = measured.answers
        let map = answers.map
        let methods = try measured.methods.map { method in
            let onMask = try mask.map { try MaskAgreement(method.map, mask: $0, tolerance: request.tolerance) }
            return TrustResult.Method(
                name: method.name, curves: method.curves,
                information: method.information.map(TrustResult.Information.init), infidelity: method.infidelity,
                unexplainedRatio: method.parts, noise: method.noise, maxSensitivity: method.maxSensitivity,
                completeness: method.completeness, cascade: method.cascade, classes: method.classes,
                edges: method.edges, mask: onMask,
                verdict: TrustVerdict(
                    findings: TrustRules.findings(
                        method, mask: onMask, random: measured.random, references: measured.references)))
        }
        return TrustResult(
            saliencyd: saliencydVersion,
            input: ExplainResult.Input(
                name: request.input, container: properties.container, width: properties.width,
                height: properties.height,
                clip: [map.frames, map.height, map.width, model.manifest.inputChannels], times: window.times,
                paddedFrames: window.paddedCount, corrupt: window.containsCorruption),
            model: model.description,
            settings: request.settings,
            target: answers.answer(labels: labels), topk: answers.topK(5, labels: labels),
            random: measured.random.curves, randomGainError: measured.random.curves.gainError,
            randomInformation: measured.random.information.map(TrustResult.Information.init),
            randomInfidelity: measured.random.infidelity, weightReferences: measured.references, methods: methods,
            warnings: model.warnings + reader.warnings.map(\.message)
                + TrustRules.warnings(
                    measured.random,
                    lacksInformation: request.isFull && model.manifest.inputChannels == 3
                        && measured.random.information == nil))
    }
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
