import Decode
import Engine
import Foundation

/// A camera's share of the engine: its network session, kept from epoch to epoch so that memory stays flat.
// Unchecked: the explainer is used under `lock` only.
public final class LiveEngine: @unchecked Sendable {
    /// One window explained, and what it took.
    struct Result {
        var explanation: Explanation
        /// Seconds that the engine was busy with others.
        var waited: Double
        /// Seconds that it computed.
        var computed: Double
    }

    let manifest: ModelManifest
    private let gate: EngineGate
    private let explainer: Explainer
    private let lock = NSLock()

    /// - Parameters:
    ///   - threads: of the engine; nil for one a usable core.
    ///   - memoryLimit: bytes that the network may take beside its weights.
    ///   - gate: whom the engine is shared with.
    /// - Throws: `invalidRequest` or `labels` if the class to explain does not exist.
    public init(
        model: LoadedModel, saliency: SaliencyRequest, threads: Int? = nil, memoryLimit: Int = MemoryBudget.standard,
        gate: EngineGate
    ) throws(ModelError) {
        manifest = model.manifest
        self.gate = gate
        explainer = try Explainer(
            model: model, request: saliency, threads: threads, memoryLimit: memoryLimit, keepsOverlap: true)
    }

    /// Waits for a turn and explains a window.
    ///
    /// - Throws: `ModelError`; `CancellationError` when cancelled before its turn came.
    func explain(_ window: Window, cancellation: Cancellation) throws -> Result {
        let clock = ContinuousClock()
        let asked = clock.now
        return try gate.turn(.camera, cancellation: cancellation) {
            let begun = clock.now
            let explanation = try lock.withLock {
                try explainer.explain(window, control: RunControl(isCancelled: { cancellation.isCancelled }))
            }
            return Result(
                explanation: explanation, waited: (begun - asked) / .seconds(1),
                computed: (clock.now - begun) / .seconds(1))
        }
    }
}
