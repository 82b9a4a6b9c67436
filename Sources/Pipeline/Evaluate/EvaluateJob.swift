import Concurrency
import Engine
import Files
import FoundationEssentials
import Glibc
import Media

/// A network on a list of clips whose classes are known.
public struct EvaluateJob: Sendable {
    /// A folder; made if it is not there, gone on with if it is.
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
    ///   - list: the list's file, as the results name it.
    ///   - evidence: the methods to measure on each clip, and how; nil for none.
    ///   - threads: of the engine; nil for one per usable core.
    ///   - memoryLimit: bytes that the network may take beside its weights.
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

    /// Refuses before any work a folder that cannot be made or is none.
    public static func checkOutput(_ output: String) throws(FileError) {
        var status = stat()
        guard stat(output.fileBytes, &status) == 0 else {
            return try OutputPath.checkFolder(of: output.hasSuffix("/") ? String(output.dropLast()) : output)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(.exists, output, "exists already and is not a folder")
        }
    }

    /// Classifies what has not been classified by an earlier run, and sums it all up. Clips that could not be read are tried
    /// again.
    ///
    /// - Parameter progress: how many clips are done, of how many.
    /// - Throws: `MediaError`, `ModelError`; `CancellationError` if stopped, and the same call then goes on where it was.
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
            EvaluationLog.Header(model: model.description.sha256, sampling: sampling.words, evidence: evidence?.words))
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

extension SamplingRequest {
    /// For people, and to be compared: two requests that cut alike have the same words.
    fileprivate var words: String {
        func number(_ value: Int?) -> String { value.map(String.init) ?? "the model's" }
        let samples =
            switch rate {
            case .model: "the model's"
            case .native: "native"
            case .framesPerSecond(let value): "\(value)"
            }
        return "window \(number(window)), stride \(stride.map(String.init) ?? "half a window"), rate \(samples), "
            + "short side \(number(shortSide)), fit \(fit)" + (stream.map { ", stream \($0)" } ?? "")
            + (background == .black ? "" : ", background \(background)")
    }
}
