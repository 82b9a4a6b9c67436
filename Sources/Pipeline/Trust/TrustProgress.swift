import Engine

/// The progress of `trust`.
public struct TrustProgress: Sendable, Equatable {
    /// The finished fraction of the passes through the network, 0…1.
    public var fraction: Double
    /// The current measurement.
    public var activity: String
    /// The estimated time that is left, in seconds; nil before the first pass of this run.
    public var remainingSeconds: Double?
    /// The passes that this run has computed.
    public var passes = PassCount()
}

/// Counts the finished part of a measurement by passes, since its parts differ in cost.
final class TrustMeter {
    private let total: Double
    private let isCancelled: () -> Bool
    private let report: (TrustProgress) -> Void
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    /// In passes.
    private var done = 0.0
    /// The part of `done` that an earlier run had measured.
    private var skipped = 0.0
    /// Without those of `session`.
    private var passes = PassCount()
    private var session: EngineSession?
    private var fraction = 0.0

    /// - Parameters:
    ///   - passes: about how many passes all parts take.
    ///   - report: called after every pass.
    init(passes: Int, isCancelled: @escaping () -> Bool, report: @escaping (TrustProgress) -> Void) {
        total = Double(max(passes, 1))
        self.isCancelled = isCancelled
        self.report = report
        start = clock.now
    }

    /// Measures one part.
    ///
    /// - Parameters:
    ///   - activity: what is measured.
    ///   - cost: about how many passes it takes.
    func measure<Value>(_ activity: String, cost: Int, _ body: (RunControl) throws -> Value) throws -> Value {
        show(activity, cost: cost, part: 0)
        let control = RunControl(isCancelled: isCancelled) { [self] part in show(activity, cost: cost, part: part) }
        let value = try body(control)
        done += Double(cost)
        return value
    }

    /// Counts a part that an earlier run has measured.
    func skip(cost: Int) {
        done += Double(cost)
        skipped += Double(cost)
    }

    /// Counts the passes of a session from now on, until `unwatch`.
    func watch(_ session: EngineSession) {
        self.session = session
    }

    /// Keeps the number of the session's passes and releases it.
    func unwatch() {
        if let session { add(session.computedPasses) }
        session = nil
    }

    /// Adds passes that this run has computed.
    func add(_ computed: PassCount) {
        passes = sum(passes, computed)
    }

    private func sum(_ first: PassCount, _ second: PassCount) -> PassCount {
        PassCount(forward: first.forward + second.forward, backward: first.backward + second.backward)
    }

    /// Reports the end.
    func finish() {
        report(TrustProgress(fraction: 1, activity: "done", remainingSeconds: 0, passes: passes))
    }

    private func show(_ activity: String, cost: Int, part: Double) {
        let reached = done + min(max(part, 0), 1) * Double(cost)
        fraction = max(fraction, min(reached / total, 1))
        let measured = reached - skipped
        let seconds = (clock.now - start) / .seconds(1)
        report(
            TrustProgress(
                fraction: fraction, activity: activity,
                remainingSeconds: measured > 0 ? seconds * max(total - reached, 0) / measured : nil,
                passes: session.map { sum(passes, $0.computedPasses) } ?? passes))
    }
}
