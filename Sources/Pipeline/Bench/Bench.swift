import Engine
import Glibc

/// Measures the engine on windows of noise; the time does not depend on the frames' content.
public enum Bench {
    /// Measures each method; the results are in the request's order.
    ///
    /// Blocks the calling thread.
    public static func run(_ request: BenchRequest, model: LoadedModel) throws(ModelError) -> [BenchResult] {
        let manifest = model.manifest
        let shape = ClipShape(
            frames: request.window ?? manifest.clipLength, height: request.size ?? manifest.frameSize,
            width: request.size ?? manifest.frameSize, channels: manifest.inputChannels)
        let peak = MachinePeak.gigaflops(ThreadPool(threadCount: request.threads))
        let streams = try BenchStreams(request, model: model, shape: shape)
        var results: [BenchResult] = []
        for method in request.methods {
            var seconds: [Double] = []
            for run in 0...request.runs {
                let clock = ContinuousClock()
                let start = clock.now
                try streams.pass(method)
                // The first run is excluded, because it allocates memory pages.
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

    /// The peak memory of this process so far, in megabytes of 10^6 bytes.
    private static var peakResidentMegabytes: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024 / 1e6
    }
}

/// The settings of `bench`.
public struct BenchRequest: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable, Codable {
        case forward
        /// A forward pass and a gradient.
        case gradient
        /// A forward pass and guided backpropagation.
        case guidedBackprop = "guided-backprop"
    }

    public var methods: [Method]
    /// The number of measured runs, which follow one warm-up run.
    public var runs: Int
    /// The number of frames and the frame's side length; nil for the model's.
    public var window: Int?
    public var size: Int?
    public var recordsLayers: Bool
    /// The engine's threads; nil for one per usable core.
    public var threads: Int?
    /// The number of windows computed simultaneously, as for this many streams, each with its own session and share of
    /// the threads.
    public var windowsAtOnce: Int

    public init(
        methods: [Method] = Method.allCases, runs: Int = 5, window: Int? = nil, size: Int? = nil,
        recordsLayers: Bool = false, threads: Int? = nil, windowsAtOnce: Int = 1
    ) {
        self.methods = methods
        self.runs = runs
        self.window = window
        self.size = size
        self.recordsLayers = recordsLayers
        self.threads = threads
        self.windowsAtOnce = windowsAtOnce
    }
}
