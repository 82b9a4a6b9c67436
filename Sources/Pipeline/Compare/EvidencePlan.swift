import Decode

/// Which windows of a source evidence is measured on: the middle one of each of so many equal parts, as long as the source is
/// known beforehand; else the first ones.
struct EvidencePlan: Sendable, Equatable {
    let windows: Set<Int>
    /// Of the whole source, as its container states or implies it; nil if it does not.
    let total: Int?

    init(count: Int, total: Int?) {
        self.total = total
        guard let total, total > 0 else {
            windows = Set(0..<max(count, 0))
            return
        }
        let count = min(max(count, 0), total)
        windows = Set((0..<count).map { ((2 * $0 + 1) * total - 1) / (2 * count) })
    }

    init(count: Int, source: OpenedSource) {
        self.init(count: count, total: Self.windowCount(source.properties, source.sampling))
    }

    static func windowCount(_ source: SourceProperties, _ sampling: ResolvedSampling) -> Int? {
        let samples: Double?
        if let rate = sampling.framesPerSecond {
            let counted = source.estimatedFrameCount.flatMap {
                source.averageFrameRate.isPositive ? Double($0) / source.averageFrameRate.value : nil
            }
            samples = (counted ?? source.duration).map { $0 * rate }
        } else {
            samples = source.estimatedFrameCount.map(Double.init)
        }
        // Far beyond any video that is explained, and safe to count with.
        guard let samples, samples.isFinite, samples > 0, samples < 1e12 else { return nil }
        let behindFirst = max(samples.rounded() - Double(sampling.window), 0)
        return 1 + Int((behindFirst / Double(sampling.stride)).rounded(.up))
    }
}
