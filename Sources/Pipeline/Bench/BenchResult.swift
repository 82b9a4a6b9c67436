import Engine

/// The measurement of one method.
public struct BenchResult: Sendable {
    /// `docs/bench.md` documents every field.
    public struct Figures: Sendable, Codable, Equatable {
        public var method: String
        /// Seconds for one window, or for all windows that are computed simultaneously.
        public var medianS: Double
        public var minS: Double
        public var maxS: Double
        /// The rate of all simultaneous windows together, at the median.
        public var windowsPerS: Double
        /// 10⁹ multiplications and additions per second of the published network (direct convolution), at the median.
        public var gflops: Double
        /// The machine's peak in 10⁹ multiplications and additions per second, measured in registers on the same number
        /// of threads.
        public var peakGflops: Double
        /// `gflops` over `peakGflops`: above 1 if Winograd convolution saves enough arithmetic compared with direct
        /// convolution.
        public var ofPeak: Double
        /// The peak memory of the process so far, in 10⁶ bytes.
        public var peakRssMb: Double
    }

    public struct Layer: Sendable, Codable, Equatable {
        public var layer: String
        /// Seconds in the last run.
        public var forwardS: Double
        public var backwardS: Double
        public var gflop: Double
        /// 10⁹ multiplications and additions per second of direct convolution; 0 for layers without convolution.
        public var forwardGflops: Double
        public var backwardGflops: Double
    }

    public var figures: Figures
    /// Empty unless requested.
    public var layers: [Layer]

    init(
        method: BenchRequest.Method, seconds: [Double], windowsAtOnce: Int, layers: [LayerTiming], peakRSS: Double,
        peakGflops: Double, recordsLayers: Bool
    ) {
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        let directions = method == .forward ? 1.0 : 2.0
        let work = layers.reduce(0) { $0 + $1.gigaflop } * directions * Double(windowsAtOnce)
        let rate = median > 0 ? work / median : 0
        figures = Figures(
            method: method.rawValue, medianS: median, minS: sorted.first ?? 0, maxS: sorted.last ?? 0,
            windowsPerS: median > 0 ? Double(windowsAtOnce) / median : 0, gflops: rate,
            peakGflops: peakGflops, ofPeak: peakGflops > 0 ? rate / peakGflops : 0, peakRssMb: peakRSS)
        self.layers =
            recordsLayers
            ? layers.map { layer in
                let backward = method == .forward ? 0 : layer.backward
                func rate(_ seconds: Double) -> Double { seconds > 0 ? layer.gigaflop / seconds : 0 }
                return Layer(
                    layer: layer.name, forwardS: layer.forward, backwardS: backward, gflop: layer.gigaflop,
                    forwardGflops: rate(layer.forward), backwardGflops: rate(backward))
            } : []
    }
}
