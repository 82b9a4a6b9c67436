import Concurrency
import Engine
import Files
import FoundationEssentials
import Glibc
import Media

/// Evaluates a network on a list of clips whose classes are known.
public struct EvaluateJob: Sendable {
    /// The output folder, which is created, or continued if it exists.
    private let output: String
    private let list: String
    private let clips: [ClipList.Clip]
    private let sampling: SamplingRequest
    private let evidence: EvidenceRequest?
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int

    /// - Parameters:
    ///   - output: the folder of results.
    ///   - list: the list's file name in the results.
    ///   - evidence: the methods to measure on each clip and their settings; nil for none.
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    public init(
        clips: ClipList, list: String, output: String, sampling: SamplingRequest = SamplingRequest(),
        evidence: EvidenceRequest? = nil, model: LoadedModel, threads: Int? = nil,
        memoryLimit: Int = MemoryBudget.standard
    ) {
        self.clips = clips.clips
        self.list = list
        self.output = output
        self.sampling = sampling
        self.evidence = evidence
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// Checks before any work starts that the output is a folder or can be created.
    public static func checkOutput(_ output: String) throws(FileError) {
        var status = stat()
        guard stat(output.fileBytes, &status) == 0 else {
            return try OutputPath.checkFolder(of: output.hasSuffix("/") ? String(output.dropLast()) : output)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(.exists, output, "exists already and is not a folder")
        }
    }

    /// Classifies the clips that no earlier run has classified, and summarises all results. Clips that could not be
    /// read are tried again.
    ///
    /// - Parameter progress: called with the number of finished clips and the total number.
    /// - Throws: `MediaError`, `ModelError`; `CancellationError` if stopped; the same call later continues from there.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> EvaluationResult {
        let log = EvaluationLog(path: output + "/clips.jsonl")
        try await DedicatedThread.run(name: "evaluate", onCancel: {}) { [output] in
            guard mkdir(output.fileBytes, 0o777) == 0 || errno == EEXIST else {
                throw MediaError(.cannotWrite, "cannot be made: \(String(cString: strerror(errno)))", file: output)
            }
        }
        var done = try await log.open(
            EvaluationLog.Header(
                model: model.description.sha256, sampling: sampling.summary, evidence: evidence?.summary))
        for (index, clip) in clips.enumerated() {
            progress(index, clips.count)
            if let earlier = done[clip.name], earlier.label == clip.label, earlier.error == nil { continue }
            guard !stop.shouldFinishSoon else { throw CancellationError() }
            let evaluation = try await evaluate(clip, stop: stop)
            try await log.append(evaluation)
            done[clip.name] = evaluation
        }
        progress(clips.count, clips.count)
        let all = clips.compactMap { done[$0.name] }
        return try await DedicatedThread.run(name: "evaluate", onCancel: {}) { [self] in try write(all) }
    }

    private func evaluate(_ clip: ClipList.Clip, stop: StopRequest) async throws -> ClipEvaluation {
        do {
            let result = try await ClassifyJob(
                request: ClassifyRequest(input: clip.path, sampling: sampling, top: 1), model: model, threads: threads,
                memoryLimit: memoryLimit
            ).run(stop: stop)
            return ClipEvaluation(
                clip, logits: result.logits, windows: result.windows.count,
                evidence: try await measure(clip.path, stop: stop))
        } catch let error as MediaError where error.code != .cancelled {
            return ClipEvaluation(clip, error: error.description)
        } catch let error as ModelError where error.code == .tooLarge || error.code == .invalidRequest {
            return ClipEvaluation(clip, error: error.description)
        }
    }

    private func measure(_ path: String, stop: StopRequest) async throws -> ClipEvidence? {
        guard let evidence else { return nil }
        let measurer = EvidenceMeasurer(
            request: evidence, sampling: sampling, model: model, threads: threads, memoryLimit: memoryLimit)
        return try await DedicatedThread.run(name: "evidence", onCancel: { stop.abort.cancel() }) {
            try measurer.measure(path, cancellation: stop.abort)
        }
    }

    private func write(_ evaluations: [ClipEvaluation]) throws -> EvaluationResult {
        let labels = model.manifest.labels
        let result = EvaluationResult(
            list: list, model: model.description, labels: labels, clips: evaluations, evidence: evidence)
        try ResultFile.write(
            text: EvaluationTables.clips(evaluations, labels: labels), to: output + "/clips.csv", replacing: true)
        try ResultFile.write(
            text: EvaluationTables.confusion(result, labels: labels), to: output + "/confusion.csv", replacing: true)
        if evidence != nil {
            try ResultFile.write(
                text: EvaluationTables.evidence(evaluations), to: output + "/evidence.csv", replacing: true)
        }
        try ResultFile.write(result, to: output + "/evaluation.json", replacing: true)
        return result
    }
}
