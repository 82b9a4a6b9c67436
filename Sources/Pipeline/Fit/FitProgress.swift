/// The progress of a fit.
public struct FitProgress: Sendable, Equatable {
    public enum Stage: String, Sendable, Codable {
        /// The features of clips are computed.
        case features
        /// Heads are fitted.
        case fitting
    }

    public var stage: Stage
    /// Clips, or heads.
    public var done: Int
    public var total: Int
    /// The estimated remaining seconds of the stage; nil before the first clip or head that took time.
    public var remainingSeconds: Double?

    public init(stage: Stage, done: Int, total: Int, remainingSeconds: Double? = nil) {
        self.stage = stage
        self.done = done
        self.total = total
        self.remainingSeconds = remainingSeconds
    }
}

/// Counts the finished parts of a stage, and estimates the time of the others by those that were computed.
struct FitTally {
    let stage: FitProgress.Stage
    let total: Int
    let report: @Sendable (FitProgress) -> Void
    private var done = 0
    private var computed = 0
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(_ stage: FitProgress.Stage, total: Int, report: @escaping @Sendable (FitProgress) -> Void) {
        self.stage = stage
        self.total = total
        self.report = report
        start = clock.now
        report(FitProgress(stage: stage, done: 0, total: total))
    }

    /// - Parameter wasComputed: false for what an earlier run left.
    mutating func advance(wasComputed: Bool = true) {
        done += 1
        if wasComputed { computed += 1 }
        let seconds = (clock.now - start) / .seconds(1)
        let remaining = computed > 0 ? seconds / Double(computed) * Double(total - done) : nil
        report(FitProgress(stage: stage, done: done, total: total, remainingSeconds: remaining))
    }
}
