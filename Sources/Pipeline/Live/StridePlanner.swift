/// Plans the stride of a live stream's windows: as requested while the engine keeps up, and longer while it does not.
///
/// The engine keeps up if a stride lasts longer than the computation of a window, with a reserve for the camera's other
/// work. The stride becomes longer immediately, and shorter only after a shorter one would have sufficed for a while.
/// Other users of the engine are not considered: `SampleBuffer` uses the newest samples when the engine is free.
struct StridePlanner: Sendable, Equatable {
    /// In samples: the requested stride, or the shortest that is chosen automatically.
    let usual: Int
    private(set) var stride: Int

    /// The minimum ratio of a stride's duration to a window's cost.
    private static let reserve = 1.2
    /// The weight of a new window's cost in the running cost, 0…1.
    private static let adaptation = 0.3
    /// The number of consecutive windows for which a shorter stride must suffice before it is used.
    private static let confirmations = 4
    /// The shortest automatic stride is 1/4 of a window, so that every frame is in four windows.
    private static let narrowest = 4
    /// The maximum stride in windows.
    private static let longest = 4

    private let length: Int
    /// Seconds between two samples.
    private let interval: Double
    /// The running cost of a window in seconds.
    private var cost: Double?
    private var fitting = 0

    /// - Parameters:
    ///   - stride: the requested stride in samples; nil to choose automatically.
    ///   - length: T, the number of samples in a window.
    ///   - rate: samples per second.
    init(stride: Int?, length: Int, rate: Double) {
        self.length = max(1, length)
        usual = min(max(stride ?? length / Self.narrowest, 1), self.length * Self.longest)
        self.stride = usual
        interval = 1 / max(rate, 0.001)
    }

    /// Strides are multiples of it, because the engine can reuse results of overlapping windows only at multiples of 8
    /// samples.
    private var step: Int { length >= 32 ? 8 : max(1, length / 8) }

    /// Updates the plan with a window's cost in seconds of computation.
    mutating func update(cost seconds: Double) {
        guard !seconds.isNaN else { return }
        let seconds = min(max(seconds, 0), 1e6)
        cost = cost.map { $0 + Self.adaptation * (seconds - $0) } ?? seconds
        let wanted = fit(cost ?? seconds)
        if wanted > stride {
            stride = wanted
            fitting = 0
        } else if wanted < stride {
            fitting += 1
            if fitting >= Self.confirmations {
                stride = wanted
                fitting = 0
            }
        } else {
            fitting = 0
        }
    }

    /// The shortest stride that a cost allows.
    private func fit(_ cost: Double) -> Int {
        let samples = cost * Self.reserve / interval
        if samples <= Double(usual) { return usual }
        let limit = length * Self.longest
        let steps = (min(samples, Double(limit)) / Double(step)).rounded(.up)
        return min(max(Int(steps) * step, usual), limit)
    }
}
