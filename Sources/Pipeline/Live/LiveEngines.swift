import Concurrency
import Decode
import Engine
import FoundationEssentials
import Synchronization

/// The network sessions of several cameras. Cameras with the same settings and window shape share one session, which
/// saves memory, since only one camera computes at a time.
///
/// An engine exists as long as a camera holds it.
public final class LiveEngines: Sendable {
    /// The settings that cameras must have in common to share an engine.
    private struct Kind: Equatable {
        var saliency: SaliencyRequest
        var window: Int?
        var shortSide: Int?
        var fit: FramePreparation.Fit
    }

    private struct Entry: Sendable {
        let kind: Kind
        weak var engine: LiveEngine?
    }

    private let model: LoadedModel
    private let threads: Int
    private let scheduler: EngineScheduler
    private let entries = Mutex<[Entry]>([])

    /// - Parameters:
    ///   - threads: the threads of each engine.
    ///   - scheduler: the scheduler of the shared cores.
    public init(model: LoadedModel, threads: Int, scheduler: EngineScheduler) {
        self.model = model
        self.threads = threads
        self.scheduler = scheduler
    }

    public var manifest: ModelManifest { model.manifest }

    /// The engine for a camera.
    ///
    /// - Throws: `invalidRequest` or `labels` if the target does not exist.
    public func engine(for request: LiveRequest) throws(ModelError) -> LiveEngine {
        var saliency = request.saliency
        // Signed and unsigned maps are both computed, so the sign does not matter for sharing.
        if saliency.problem == nil { saliency.sign = .absolute }
        let kind = Kind(
            saliency: saliency, window: request.sampling.window, shortSide: request.sampling.shortSide,
            fit: request.sampling.fit)
        // With `full` the network's frame has each camera's own size, so that the session cannot be shared.
        if kind.fit != .full, let shared = entries.withLock({ $0.first { $0.kind == kind }?.engine }) { return shared }
        let engine = try LiveEngine(model: model, saliency: saliency, threads: threads, scheduler: scheduler)
        entries.withLock { entries in
            entries.removeAll { $0.engine == nil || $0.kind == kind }
            entries.append(Entry(kind: kind, engine: engine))
        }
        return engine
    }
}

/// A camera's network session, kept across connections so that memory stays constant.
// Unchecked: the explainer is used only while `lock` is held.
public final class LiveEngine: @unchecked Sendable {
    /// An explained window and its cost.
    struct Result {
        var due: SampleBuffer.Due
        var explanation: Explanation
        /// The seconds of waiting for the engine.
        var waited: Double
        /// The seconds of computation.
        var computed: Double
    }

    let manifest: ModelManifest
    let description: ModelDescription
    private let scheduler: EngineScheduler
    private let explainer: Explainer
    private let lock = Mutex(())

    /// - Parameters:
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of the network besides its weights, in bytes.
    ///   - scheduler: the scheduler of the shared engine.
    /// - Throws: `invalidRequest` or `labels` if the target does not exist.
    public init(
        model: LoadedModel, saliency: SaliencyRequest, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard,
        scheduler: EngineScheduler
    ) throws(ModelError) {
        manifest = model.manifest
        description = model.description
        self.scheduler = scheduler
        explainer = try Explainer(
            model: model, request: saliency, threads: threads, memoryLimit: memoryLimit, keepsOverlap: true)
    }

    /// Waits for a turn and explains the window that is then the newest.
    ///
    /// - Parameter next: called at the beginning of the turn; returns nil if there is nothing to explain any more.
    /// - Throws: `ModelError`; `CancellationError` if cancelled before the turn.
    func explain(cancellation: Cancellation, next: () -> SampleBuffer.Due?) throws -> Result? {
        let clock = ContinuousClock()
        let asked = clock.now
        return try scheduler.turn(.camera, cancellation: cancellation) {
            guard let due = next() else { return nil }
            let begun = clock.now
            let explanation = try lock.withLock { _ in
                try explainer.explain(due.window, control: RunControl(isCancelled: { cancellation.isCancelled }))
            }
            return Result(
                due: due, explanation: explanation, waited: (begun - asked) / .seconds(1),
                computed: (clock.now - begun) / .seconds(1))
        }
    }
}
