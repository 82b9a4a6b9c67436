/// How far apart a live stream's windows begin: as asked for while the engine keeps up, farther while it does not.
///
/// A stride that lasts longer than the engine computes for a window, with a reserve for everything else that a camera takes,
/// is one that it keeps up with. It widens at once and narrows when it has fitted for a while. What others take of the engine
/// is not planned for: `SampleBuffer` takes what is newest when the engine is free.
struct StridePlanner: Sendable, Equatable {
    /// Samples: the stride as asked for, or the narrowest that is chosen automatically.
    let usual: Int
    private(set) var stride: Int

    /// What a stride has to last beyond a window's cost.
    private static let reserve = 1.2
    /// How much of a new window's cost enters the running cost, 0…1.
    private static let adaptation = 0.3
    /// Windows in a row that a narrower stride has to fit before it is taken.
    private static let confirmations = 4
    /// Strides of the automatic choice begin at this part of a window: every frame in four windows.
    private static let narrowest = 4
    /// No stride is chosen longer than this many windows.
    private static let longest = 4

    private let length: Int
    /// Seconds between two samples.
    private let interval: Double
    /// Seconds.
    private var cost: Double?
    private var fitting = 0

    /// - Parameters:
    ///   - stride: samples as asked for; nil chooses.
    ///   - length: T, samples of a window.
    ///   - rate: samples a second.
    init(stride: Int?, length: Int, rate: Double) {
        self.length = max(1, length)
        usual = min(max(stride ?? length / Self.narrowest, 1), self.length * Self.longest)
        self.stride = usual
        interval = 1 / max(rate, 0.001)
    }

    /// Strides are multiples of it: the engine keeps what two windows share only at multiples of 8 samples.
    private var step: Int { length >= 32 ? 8 : max(1, length / 8) }

    /// Notes what a window cost: seconds that the engine computed.
    mutating func note(cost seconds: Double) {
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

    /// The narrowest stride that a cost allows.
    private func fit(_ cost: Double) -> Int {
        let samples = cost * Self.reserve / interval
        if samples <= Double(usual) { return usual }
        let limit = length * Self.longest
        let steps = (min(samples, Double(limit)) / Double(step)).rounded(.up)
        return min(max(Int(steps) * step, usual), limit)
    }
}
