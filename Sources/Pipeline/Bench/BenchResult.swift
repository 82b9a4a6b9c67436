import Engine

/// What `bench` measured for one method.
public struct BenchResult: Sendable {
    /// `docs/bench.md` documents every field.
    public struct Figures: Sendable, Codable, Equatable {
        public var method: String
        public var medianS: Double
        public var minS: Double
        public var maxS: Double
        /// 10⁹ products and sums a second of the network as published (direct convolution), at the median.
        public var gflops: Double
        /// The most memory the process has held so far, 10⁶ bytes.
        public var peakRssMb: Double
    }

    public struct Layer: Sendable, Codable, Equatable {
        public var layer: String
        /// Seconds of the last run.
        public var forwardS: Double
        public var backwardS: Double
        public var gflop: Double
    }

    public var figures: Figures
    /// Empty unless they were asked for.
    public var layers: [Layer]

    init(
        method: BenchRequest.Method, seconds: [Double], layers: [LayerTiming], peakRSS: Double, recordsLayers: Bool
    ) {
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        let directions = method == .forward ? 1.0 : 2.0
        let work = layers.reduce(0) { $0 + $1.gigaflop } * directions
        figures = Figures(
            method: method.rawValue, medianS: median, minS: sorted.first ?? 0, maxS: sorted.last ?? 0,
            gflops: median > 0 ? work / median : 0, peakRssMb: peakRSS)
        self.layers =
            recordsLayers
            ? layers.map {
                Layer(
                    layer: $0.name, forwardS: $0.forward, backwardS: method == .forward ? 0 : $0.backward,
                    gflop: $0.gigaflop)
            } : []
    }
}
