import Concurrency
import Decode
import Engine
import FoundationEssentials
import Synchronization

/// The network sessions of many cameras: those that are explained alike and have windows of one shape share one, which takes
/// the memory of one, since only one camera computes at a time.
///
/// An engine lives as long as a camera holds it.
public final class LiveEngines: Sendable {
    /// What cameras have to have in common.
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
    ///   - threads: of each engine.
    ///   - scheduler: whom the cores are shared with.
    public init(model: LoadedModel, threads: Int, scheduler: EngineScheduler) {
        self.model = model
        self.threads = threads
        self.scheduler = scheduler
    }

    public var manifest: ModelManifest { model.manifest }

    /// The engine for a camera.
    ///
    /// - Throws: `invalidRequest` or `labels` if the class to explain does not exist.
    public func engine(for request: LiveRequest) throws(ModelError) -> LiveEngine {
        var saliency = request.saliency
        // Both are computed, whichever is shown.
        if saliency.problem == nil { saliency.sign = .absolute }
        let kind = Kind(
            saliency: saliency, window: request.sampling.window, shortSide: request.sampling.shortSide,
            fit: request.sampling.fit)
        // The whole frame has each camera's own size.
        if kind.fit != .full, let shared = entries.withLock({ $0.first { $0.kind == kind }?.engine }) { return shared }
        let engine = try LiveEngine(model: model, saliency: saliency, threads: threads, scheduler: scheduler)
        entries.withLock { entries in
            entries.removeAll { $0.engine == nil || $0.kind == kind }
            entries.append(Entry(kind: kind, engine: engine))
        }
        return engine
    }
}

/// A camera's share of the engine: its network session, kept from connection to connection so that memory stays flat.
// Unchecked: the explainer is used under `lock` only.
public final class LiveEngine: @unchecked Sendable {
    /// One window explained, and what it took.
    struct Result {
        var due: SampleBuffer.Due
        var explanation: Explanation
        /// Seconds that the engine was busy with others.
        var waited: Double
        /// Seconds that it computed.
        var computed: Double
    }

    let manifest: ModelManifest
    private let scheduler: EngineScheduler
    private let explainer: Explainer
    private let lock = Mutex(())

    /// - Parameters:
    ///   - threads: of the engine; nil for one per usable core.
    ///   - memoryLimit: bytes that the network may take beside its weights.
    ///   - scheduler: whom the engine is shared with.
    /// - Throws: `invalidRequest` or `labels` if the class to explain does not exist.
    public init(
        model: LoadedModel, saliency: SaliencyRequest, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard,
        scheduler: EngineScheduler
    ) throws(ModelError) {
        manifest = model.manifest
        self.scheduler = scheduler
        explainer = try Explainer(
            model: model, request: saliency, threads: threads, memoryLimit: memoryLimit, keepsOverlap: true)
    }

    /// Waits for a turn and explains the window that is newest then.
    ///
    /// - Parameter next: called when the turn has come; nil if there is nothing to explain any more.
    /// - Throws: `ModelError`; `CancellationError` when cancelled before its turn came.
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
