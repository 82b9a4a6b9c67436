import Engine
import Glibc

/// Measures the engine on windows of noise; what is in a picture does not change the time.
public enum Bench {
    /// One result a method, in the request's order.
    ///
    /// Blocks for the whole measurement.
    public static func run(_ request: BenchRequest, model: LoadedModel) throws(ModelError) -> [BenchResult] {
        let manifest = model.manifest
        let shape = ClipShape(
            frames: request.window ?? manifest.clipLength, height: request.size ?? manifest.pictureSize,
            width: request.size ?? manifest.pictureSize, channels: manifest.inputChannels)
        let peak = MachinePeak.gigaflops(ThreadPool(threadCount: request.threads))
        let streams = try BenchStreams(request, model: model, shape: shape)
        var results: [BenchResult] = []
        for method in request.methods {
            var seconds: [Double] = []
            for run in 0...request.runs {
                let clock = ContinuousClock()
                let start = clock.now
                try streams.pass(method)
                // The first run touches the memory for the first time.
                if run > 0 { seconds.append((clock.now - start) / .seconds(1)) }
            }
            results.append(
                BenchResult(
                    method: method, seconds: seconds, windowsAtOnce: request.windowsAtOnce,
                    layers: streams.layerTimings, peakRSS: peakResidentMegabytes,
                    peakGflops: peak,
                    recordsLayers: request.recordsLayers))
        }
        return results
    }

    /// The most memory this process has held so far, in megabytes of 10^6 bytes.
    private static var peakResidentMegabytes: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024 / 1e6
    }
}
