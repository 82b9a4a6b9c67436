import Concurrency
import Encode

/// One video in, the same video with heat over it out: three threads (`AnnotateThreads`), joined by bounded queues.
public struct AnnotateJob: Sendable {
    private let request: AnnotateRequest
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int
    private let frameLimit: Int
    private let scheduler: EngineScheduler

    /// - Parameters:
    ///   - threads: of the engine; nil for one per usable core.
    ///   - memoryLimit: bytes that the network may take beside its weights.
    ///   - frameLimit: bytes that frames on their way through the job may take.
    ///   - scheduler: whom the engine is shared with.
    public init(
        request: AnnotateRequest, model: LoadedModel, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard,
        frameLimit: Int = MemoryBudget.standard, scheduler: EngineScheduler = EngineScheduler()
    ) {
        self.request = request
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
        self.frameLimit = frameLimit
        self.scheduler = scheduler
    }

    /// Runs to the end. What fails leaves no file under a final name; cancelling the task aborts.
    ///
    /// - Parameters:
    ///   - stop: asks the running job to end early.
    ///   - progress: called from the job's threads after every pass, window and frame.
    /// - Throws: `MediaError`, `ModelError`, `CancellationError`.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws -> AnnotateOutcome {
        try request.checkOutput()
        let sampling = try ResolvedSampling(
            request.sampling, of: request.input, held: request.held, manifest: model.manifest)
        let tally = ProgressTally(report: progress)
        let (request, model, threads, memoryLimit, scheduler) = (request, model, threads, memoryLimit, scheduler)
        let reports = try await AnnotateThreads(
            input: request.input, held: request.held, sampling: sampling, longest: request.longestVideo,
            output: request.output,
            options: WriterOptions(
                replacesExisting: request.isReplacing, hasLabels: true, video: request.video, audio: request.audio,
                origin: request.origin),
            hasCaptions: request.drawing.burnsLabels || request.drawing.hasLegend,
            frameLimit: frameLimit, scheduler: scheduler
        ) { source in
            let explainer = try Explainer(
                model: model, request: request.saliency, threads: threads, memoryLimit: memoryLimit,
                keepsOverlap: source.sampling.overlaps)
            return AnnotatedWindows(
                explainer: explainer, request: request, manifest: model.manifest,
                measurer: WindowTrustMeasurer(
                    model: model, explainer: explainer, memoryLimit: memoryLimit, seed: request.saliency.seed,
                    scheduler: scheduler, stop: stop, report: tally.begin, advance: tally.advance))
        } painter: { source in
            AnnotatePainter(source, drawing: request.drawing, method: request.saliency.label)
        }.run(stop: stop, tally: tally)
        try ResultFile.write(text: reports.captions, to: request.captionsPath, replacing: request.isReplacing)
        let sidecar = try reports.sidecar(request: request, model: model, sampling: sampling)
        try ResultFile.write(sidecar, to: request.sidecarPath, replacing: request.isReplacing)
        tally.end()
        return AnnotateOutcome(
            output: request.output, sidecarPath: request.sidecarPath, sidecar: sidecar, progress: tally.progress)
    }
}

/// What an annotate job made.
public struct AnnotateOutcome: Sendable {
    /// The annotated video.
    public var output: String
    public var sidecarPath: String
    public var sidecar: Sidecar
    /// At the end.
    public var progress: JobProgress
}
