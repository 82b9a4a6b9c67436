import Concurrency
import Engine
import Files
import LinearAlgebra
import Media

/// Fits a new head to a network's features of labelled clips, and writes the network with this head.
public struct FitJob: Sendable {
    private let request: FitRequest
    private let clips: LabelledClips
    private let model: LoadedModel
    private let threads: Int?
    private let memoryLimit: Int

    /// - Parameters:
    ///   - model: the network whose features are used.
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    public init(
        request: FitRequest, clips: LabelledClips, model: LoadedModel, threads: Int? = nil,
        memoryLimit: Int = MemoryBudget.standard
    ) {
        self.request = request
        self.clips = clips
        self.model = model
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// Computes the features that no earlier run has kept, chooses the strength of the regularisation, fits the head and
    /// writes the model and its record. Clips that cannot be read are left out.
    ///
    /// - Parameter progress: called, on another thread, for each clip and each fitted head.
    /// - Throws: `MediaError`, `ModelError`, `FileError`, `LinearAlgebraError`; `CancellationError` if stopped. Then no
    ///   model is written, and the same call later continues with the features that are kept.
    public func run(
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
    ) async throws -> FitResult {
        try await DedicatedThread.run(name: "fit", onCancel: { stop.abort.cancel() }) {
            do {
                return try fit(stop, progress)
            } catch let error as LinearAlgebraError where error.code == .cancelled {
                throw CancellationError()
            }
        }
    }

    private func fit(_ stop: StopRequest, _ progress: @escaping @Sendable (FitProgress) -> Void) throws -> FitResult {
        let blas = try OpenBLAS()
        let (read, unreadable) = try readFeatures(stop, progress)
        if let shortage = clips.shortage(of: read.map(\.clip)) {
            let first = unreadable.first.map { "; \($0.error)" } ?? ""
            throw MediaError(
                .notMedia, "\(unreadable.count.counted("clip")) cannot be read, and \(shortage)\(first)",
                file: request.list)
        }
        let features = try Matrix(
            rows: read.count, columns: model.network.featureCount, values: read.flatMap(\.features.values))
        let labels = read.map(\.clip.label)
        let folds = StratifiedFolds(labels: labels, most: request.folds, seed: request.seed)
        let strengths = request.strength.map { [$0] } ?? StrengthSearch.standard
        // The last head is the final one.
        var tally = FitTally(.fitting, total: strengths.count * folds.count + 1, report: progress)
        let isCancelled = { stop.abort.isCancelled || stop.shouldFinishSoon }
        let choice = try StrengthSearch(
            features: features, labels: labels, classCount: clips.classCount, folds: folds, blas: blas
        ).choose(from: strengths, isCancelled: isCancelled) { tally.advance() }

        let scale = FeatureScale(features)
        let scaled = try scale.apply(to: features)
        let fit = try LogisticRegression(features: scaled, labels: labels, classCount: clips.classCount).fit(
            strength: choice.strength, blas: blas, isCancelled: isCancelled)
        let head = try scale.unscaled(fit.head)
        let fitted = try FittedModel(
            head, labels: clips.labels, name: request.name, base: model, half: request.isHalf)
        let answers = try head.logProbabilities(features, blas: blas)
        let correct = labels.indices.count { answers.row($0).max() == answers[$0, labels[$0]] }
        tally.advance()

        let report = ClassificationReport(
            labels: labels, predicted: choice.heldOut.map(\.predicted), classCount: clips.classCount,
            names: clips.labels)
        let result = FitResult(
            saliencyd: saliencydVersion, list: request.list, base: model.description, model: fitted.description,
            sampling: request.sampling.summary, seed: request.seed, folds: folds.count,
            isStrengthGiven: request.strength != nil, strength: choice.strength, strengths: choice.scores,
            clips: read.count, features: features.columns, featureDistance: scale.distance, heldOut: report,
            heldOutLogLoss: choice.scores.first { $0.strength == choice.strength }?.logLoss ?? 0,
            optimum: FitResult.Optimum(
                objective: fit.objective, gradient: fit.gradient, iterations: fit.iterations,
                isConverged: fit.isConverged, accuracy: Double(correct) / Double(labels.count)),
            answers: read.indices.map { index in
                FitResult.Clip(
                    clip: read[index].clip.name, label: labels[index], predicted: choice.heldOut[index].predicted,
                    probability: choice.heldOut[index].probability, fold: folds.folds[index],
                    windows: read[index].features.windows)
            },
            unreadable: unreadable)
        if isCancelled() { throw CancellationError() }
        // After this point both files are written completely.
        try fitted.write(to: request.output, replacing: request.isReplacing)
        try ResultFile.write(result, to: request.record, replacing: request.isReplacing)
        return result
    }

    private func readFeatures(
        _ stop: StopRequest, _ progress: @escaping @Sendable (FitProgress) -> Void
    ) throws -> (read: [(clip: ClipList.Clip, features: ClipFeatures)], unreadable: [FitResult.Unreadable]) {
        let cache = FeatureCache(folder: request.cache, model: model, sampling: request.sampling)
        try cache.open()
        let reader = try ClipFeatureReader(
            model: model, sampling: request.sampling, cache: cache, threads: threads, memoryLimit: memoryLimit,
            abort: stop.abort)
        var tally = FitTally(.features, total: clips.clips.count, report: progress)
        var read: [(clip: ClipList.Clip, features: ClipFeatures)] = []
        var unreadable: [FitResult.Unreadable] = []
        for clip in clips.clips {
            guard !stop.shouldFinishSoon else { throw CancellationError() }
            do {
                let (features, wereCached) = try reader.features(of: clip)
                read.append((clip, features))
                tally.advance(wasComputed: !wereCached)
                continue
            } catch let error as MediaError where error.code != .cancelled && error.code != .cannotWrite {
                unreadable.append(FitResult.Unreadable(clip: clip.name, label: clip.label, error: error.description))
            } catch let error as ModelError where error.code == .tooLarge || error.code == .invalidRequest {
                unreadable.append(FitResult.Unreadable(clip: clip.name, label: clip.label, error: error.description))
            }
            tally.advance(wasComputed: false)
        }
        return (read, unreadable)
    }
}
