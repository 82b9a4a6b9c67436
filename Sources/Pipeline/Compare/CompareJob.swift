import Concurrency
import Decode
import Encode
import Engine
import Files
import Media

/// Writes a video with the source and every method's heat side by side, and measures the cost and quality of each
/// method. It uses the threads of an annotate job with another explainer and painter.
public struct CompareJob: Sendable {
    private let request: CompareRequest
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int

    /// - Parameters:
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    public init(
        request: CompareRequest, model: LoadedModel, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard
    ) {
        self.request = request
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// Runs to the end. A failure leaves no file with a final name; cancelling the task aborts the job.
    ///
    /// - Parameters:
    ///   - stop: requests an early end of the running job; then no further evidence is measured.
    ///   - progress: called from the job's threads.
    /// - Throws: `MediaError`, `ModelError`, `CancellationError`.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws -> CompareOutcome {
        try request.check()
        let sampling = try ResolvedSampling(request.sampling, of: request.input, manifest: model.manifest)
        let tally = ProgressTally(report: progress)
        let request = request
        let reports = try await AnnotateThreads(
            input: request.input, sampling: sampling, output: request.output,
            options: WriterOptions(
                replacesExisting: request.isReplacing, hasLabels: true, video: request.video, audio: request.audio),
            hasCaptions: true, scheduler: EngineScheduler()
        ) { source in
            try windows(source, stop: stop, report: tally.begin)
        } painter: { source in
            try ComparePainter(source, request: request)
        }.run(stop: stop, tally: tally)
        let result = try result(reports, sampling: sampling)
        try ResultFile.write(text: reports.captions, to: request.captionsPath, replacing: request.isReplacing)
        try ResultFile.write(result, to: request.sidecarPath, replacing: request.isReplacing)
        tally.end()
        return CompareOutcome(
            output: request.output, sidecarPath: request.sidecarPath, result: result,
            progress: tally.progress)
    }

    private func windows(
        _ source: OpenedSource, stop: StopRequest, report: @escaping (String) -> Void
    ) throws -> ComparedWindows {
        let masks = try request.masks.map { try FrameMasks($0) }
        try masks?.check(source)
        // Checks the layout before a window is computed, since the writing thread would refuse it later.
        _ = try ComparePainter.layout(source.properties, request)
        for method in request.methods { try SaliencyTarget(method.target).resolve(manifest: model.manifest) }
        let hasBoxes = request.methods.contains { $0.attributed.changesFewFrames }
        return ComparedWindows(
            explainer: try Explainer(
                model: model, request: request.methods[0], threads: threads, memoryLimit: memoryLimit,
                keepsOverlap: source.sampling.overlaps || hasBoxes),
            methods: request.methods, manifest: model.manifest, source: source,
            plan: EvidencePlan(count: request.evidenceWindows, source: source),
            evidence: CompareEvidence(
                steps: request.curveSteps, randomOrders: request.randomOrders, seed: request.methods[0].seed,
                masks: masks, tolerance: request.tolerance),
            stop: stop, report: report)
    }

    private func result(
        _ reports: StageReports<CompareResult.Window>, sampling: ResolvedSampling
    ) throws -> CompareResult {
        let source = try reports.source(of: request.input)
        guard let properties = reports.reader.properties else {
            throw MediaError(.noVideo, "no frame could be decoded", file: request.input)
        }
        let layout = try ComparePainter.layout(properties, request)
        let windows = reports.explainer.records
        let summary = CompareSummary(windows, methods: request.methods)
        return CompareResult(
            saliencyd: saliencydVersion, source: source, model: model.description,
            panes: CompareResult.Panes(
                columns: layout.columns, rows: layout.rows, paneWidth: layout.paneWidth,
                paneHeight: layout.paneHeight, width: layout.width, height: layout.height),
            sampling: CompareResult.Sampling(
                window: sampling.window, stride: sampling.stride, framesPerSecond: sampling.framesPerSecond,
                fit: sampling.preparation.fit.rawValue, clipWidth: reports.explainer.clipWidth,
                clipHeight: reports.explainer.clipHeight),
            target: request.target,
            settings: CompareResult.Settings(
                steps: request.curveSteps, deletionBaseline: TrustCurves.deletionBaseline.rawValue,
                insertionBaseline: TrustCurves.insertionBaseline.rawValue, boxes: Infidelity().boxes,
                randomOrders: request.randomOrders, tolerance: request.tolerance, masks: request.masks,
                seed: request.methods[0].seed),
            summary: summary, windows: windows, unexplained: reports.explainer.unexplained,
            warnings: model.warnings + reports.warnings + (try warnings(summary, windows, frames: source.frames)),
            interrupted: reports.reader.isInterrupted)
    }

    /// Warnings about missing evidence and masks.
    private func warnings(
        _ summary: CompareSummary, _ windows: [CompareResult.Window], frames: Int
    ) throws(MediaError) -> [String] {
        var warnings: [String] = []
        let wanted = min(request.evidenceWindows, windows.count)
        if summary.evidenceWindows.count < wanted {
            warnings.append("evidence was measured on \(summary.evidenceWindows.count) of \(wanted.counted("window"))")
        }
        if let masks = try request.masks.map({ path throws(MediaError) in try FrameMasks(path) }), masks.count < frames
        {
            warnings.append("there are masks for \(masks.count) of \(frames.counted("frame")); the rest has none")
        }
        return warnings
    }
}

/// The result of a compare job.
public struct CompareOutcome: Sendable {
    /// The video.
    public var output: String
    public var sidecarPath: String
    public var result: CompareResult
    /// The final progress.
    public var progress: JobProgress
}
