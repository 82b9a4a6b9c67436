import Engine
import Glibc

/// Measures the engine on one window of noise; what is in a picture does not change the time.
public enum Bench {
    /// One result a method, in the request's order.
    ///
    /// Blocks for the whole measurement.
    public static func run(_ request: BenchRequest, model: LoadedModel) throws(ModelError) -> [BenchResult] {
        let manifest = model.manifest
        let shape = ClipShape(
            frames: request.window ?? manifest.clipLength, height: request.size ?? manifest.pictureSize,
            width: request.size ?? manifest.pictureSize, channels: manifest.inputChannels)
        let pool = ThreadPool(threadCount: request.threads)
        let session = try EngineSession(
            model: model.network, shape: shape, pool: pool, memoryLimit: MemoryBudget.standard)
        try fill(session)
        session.recordsLayers = true

        let peak = MachinePeak.gigaflops(pool)
        var results: [BenchResult] = []
        for method in request.methods {
            var seconds: [Double] = []
            for run in 0...request.runs {
                let clock = ContinuousClock()
                let start = clock.now
                try pass(method, session)
                // The first run touches the memory for the first time.
                if run > 0 { seconds.append((clock.now - start) / .seconds(1)) }
            }
            results.append(
                BenchResult(
                    method: method, seconds: seconds, layers: session.layerTimings, peakRSS: peakResidentMegabytes,
                    peakGflops: peak,
                    recordsLayers: request.recordsLayers))
        }
        return results
    }

    private static func pass(_ method: BenchRequest.Method, _ session: EngineSession) throws(ModelError) {
        _ = try session.forward()
        switch method {
        case .forward: break
        case .gradient: try session.backward(target: 0, rule: .gradient)
        case .guidedBackprop: try session.backward(target: 0, rule: .guided)
        }
    }

    private static func fill(_ session: EngineSession) throws(ModelError) {
        var state: UInt32 = 1
        let frame = (0..<session.shape.elementsPerFrame).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        for index in 0..<session.shape.frames { try session.setFrame(index, bytes: frame.span) }
    }

    /// The most memory this process has held so far, in megabytes of 10^6 bytes.
    private static var peakResidentMegabytes: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024 / 1e6
    }
}
