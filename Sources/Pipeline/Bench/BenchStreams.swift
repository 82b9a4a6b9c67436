import Engine
import Synchronization

/// The sessions of simultaneously measured streams, with noise in their windows.
struct BenchStreams {
    private let sessions: [EngineSession]
    /// One calling thread for each stream; the sessions' own pools compute.
    private let callers: ThreadPool

    init(_ request: BenchRequest, model: LoadedModel, shape: ClipShape) throws(ModelError) {
        let threads = request.threads ?? ThreadPool.usableCores
        var sessions: [EngineSession] = []
        for _ in 0..<request.windowsAtOnce {
            let pool = ThreadPool(threadCount: max(1, threads / request.windowsAtOnce))
            let session = try EngineSession(
                model: model.network, shape: shape, pool: pool, memoryLimit: MemoryBudget.standard)
            try Self.fill(session)
            session.recordsLayers = true
            sessions.append(session)
        }
        self.sessions = sessions
        callers = ThreadPool(threadCount: request.windowsAtOnce)
    }

    /// The timings of the first stream's last window.
    var layerTimings: [LayerTiming] { sessions.first?.layerTimings ?? [] }

    /// Computes one window of every stream simultaneously; returns when all are done.
    func pass(_ method: BenchRequest.Method) throws(ModelError) {
        let failure = Mutex<ModelError?>(nil)
        callers.run(sessions.count) { stream, _ in
            do throws(ModelError) {
                try Self.window(method, sessions[stream])
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static func window(_ method: BenchRequest.Method, _ session: EngineSession) throws(ModelError) {
        _ = try session.forward()
        switch method {
        case .forward: break
        case .gradient: try session.backward(target: 0, rule: .gradient)
        case .guidedBackprop: try session.backward(target: 0, rule: .guided)
        }
    }

    /// Noise that differs from frame to frame, because identical frames take slightly more time (`FlatOutputs`).
    private static func fill(_ session: EngineSession) throws(ModelError) {
        let (count, step) = (session.shape.elementsPerFrame, 97)
        var state: UInt32 = 1
        let noise = (0..<count + step * session.shape.frames).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        for index in 0..<session.shape.frames {
            try session.setFrame(index, bytes: noise.span.extracting(index * step..<index * step + count))
        }
    }
}
