import Engine
import Glibc

/// Measures the engine on windows of noise; what is in a frame does not change the time.
public enum Bench {
    /// One result a method, in the request's order.
    ///
    /// Blocks for the whole measurement.
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

/// What `bench` measures.
public struct BenchRequest: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable, Codable {
        case forward
        /// A forward pass and a gradient.
        case gradient
        /// A forward pass and guided backpropagation.
        case guidedBackprop = "guided-backprop"
    }

    public var methods: [Method]
    /// Measured runs; one more comes before them.
    public var runs: Int
    /// Frames and frame edge; nil for the model's.
    public var window: Int?
    public var size: Int?
    public var recordsLayers: Bool
    /// Nil for one per usable core.
    public var threads: Int?
    /// Windows computed at the same time, as for this many streams: each has a session and its share of the threads.
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
