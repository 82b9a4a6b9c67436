import Concurrency
import Encode

/// Annotates one video with heat, using three threads (`AnnotateThreads`) connected by bounded queues.
public struct AnnotateJob: Sendable {
    private let request: AnnotateRequest
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int
    private let frameLimit: Int
    private let scheduler: EngineScheduler

    /// - Parameters:
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    ///   - frameLimit: the maximum size in bytes of the frames in the job's queues.
    ///   - scheduler: the scheduler of the shared engine.
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

    /// Runs to the end. A failure leaves no file with a final name; cancelling the task aborts the job.
    ///
    /// - Parameters:
    ///   - stop: requests an early end of the running job.
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

/// The result of an annotate job.
public struct AnnotateOutcome: Sendable {
    /// The annotated video.
    public var output: String
    public var sidecarPath: String
    public var sidecar: Sidecar
    /// The final progress.
    public var progress: JobProgress
}
