import Decode
import Encode
import Engine

/// One video in, the same video with heat over it out: three threads, joined by bounded queues.
///
/// Reading, explaining and writing overlap; what each waits for is bounded, so memory does not grow with the video's length.
public struct AnnotateJob: Sendable {
    private let request: AnnotateRequest
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int
    private let gate: EngineGate

    /// Pictures that are decoded while the network is busy with the windows before them.
    private static let readAhead = 32
    /// Pictures that are explained and wait to be encoded.
    private static let writeBehind = 16

    /// - Parameters:
    ///   - threads: of the engine; nil for one a usable core.
    ///   - memoryLimit: bytes that the network may take beside its weights.
    ///   - gate: whom the engine is shared with.
    public init(
        request: AnnotateRequest, model: LoadedModel, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard,
        gate: EngineGate = EngineGate()
    ) {
        self.request = request
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
        self.gate = gate
    }

    /// Runs to the end. What fails leaves no file under a final name; cancelling the task aborts.
    ///
    /// - Parameters:
    ///   - stop: asks the running job to end early.
    ///   - progress: called from the job's threads after every window and frame.
    /// - Throws: `MediaError`, `ModelError`, `CancellationError`.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws -> AnnotateOutcome {
        try request.checkOutput()
        let sampling = try ResolvedSampling(request.sampling, manifest: model.manifest)
        let tally = ProgressTally(report: progress)
        let decoded = BoundedQueue<DecodedItem>(capacity: Self.readAhead)
        let explained = BoundedQueue<ExplainedItem>(capacity: Self.writeBehind)
        let reader = AnnotateReader(input: request.input, sampling: sampling, stop: stop, output: decoded)
        let explainer = AnnotateExplainer(
            model: model, request: request, threads: threads, memoryLimit: memoryLimit, gate: gate, stop: stop,
            input: decoded, output: explained, tally: tally)
        let writer = AnnotateWriter(request: request, stop: stop, input: explained, tally: tally)

        let cancel: @Sendable () -> Void = {
            stop.abort.cancel()
            decoded.cancel()
            explained.cancel()
        }
        let reports = try await withThrowingTaskGroup(of: StageReport.self) { group in
            group.addTask {
                .reader(try await DedicatedThread.run(name: "read", onCancel: cancel) { try reader.run() })
            }
            group.addTask {
                .explainer(try await DedicatedThread.run(name: "explain", onCancel: cancel) { try explainer.run() })
            }
            group.addTask {
                .writer(try await DedicatedThread.run(name: "write", onCancel: cancel) { try writer.run() })
            }
            // The first failure is thrown here; the group then cancels the other stages and waits for them.
            return try await group.reduce(into: Reports()) { $0.take($1) }
        }
        let sidecar = try reports.sidecar(request: request, model: model, sampling: sampling)
        try ResultFile.write(sidecar, to: request.sidecarPath, replacing: request.isReplacing)
        return AnnotateOutcome(
            output: request.output, sidecarPath: request.sidecarPath, sidecar: sidecar, progress: tally.progress)
    }
}
