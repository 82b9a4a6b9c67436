import Decode
import Engine
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
        var fit: PicturePreparation.Fit
    }

    private struct Entry: Sendable {
        let kind: Kind
        weak var engine: LiveEngine?
    }

    private let model: LoadedModel
    private let threads: Int
    private let gate: EngineGate
    private let entries = Mutex<[Entry]>([])

    /// - Parameters:
    ///   - threads: of each engine.
    ///   - gate: whom the cores are shared with.
    public init(model: LoadedModel, threads: Int, gate: EngineGate) {
        self.model = model
        self.threads = threads
        self.gate = gate
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
        // The whole picture has each camera's own size.
        if kind.fit != .full, let shared = entries.withLock({ $0.first { $0.kind == kind }?.engine }) { return shared }
        let engine = try LiveEngine(model: model, saliency: saliency, threads: threads, gate: gate)
        entries.withLock { entries in
            entries.removeAll { $0.engine == nil || $0.kind == kind }
            entries.append(Entry(kind: kind, engine: engine))
        }
        return engine
    }
}
