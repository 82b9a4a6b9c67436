import Logging
import Synchronization

/// Keeps repeated warnings from filling the log: a warning is written once and then counted, and when the interval is
/// over a line reports `… 42 more in 60 s`.
///
/// The end of an interval is detected with the next warning of any kind, or in `flush`. The number of kinds that are
/// distinguished at one time is bounded; all further kinds are counted together.
public final class RepeatedWarnings: Sendable {
    private let logger: Logger
    private let interval: Duration
    private let keyLimit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    private struct State {
        var repetitions: [String: Repetition] = [:]
        /// Counts all keys beyond the limit.
        var others: Repetition?
        /// When the next interval ends; until then nothing is due.
        var due: ContinuousClock.Instant?
    }

    private struct PendingWarning {
        var message: Logger.Message
        var metadata: Logger.Metadata?
    }

    /// - Parameters:
    ///   - interval: the time after a warning was written during which it is only counted.
    ///   - keyLimit: the number of kinds of warnings that are distinguished at one time.
    ///   - now: the clock.
    public init(
        logger: Logger, interval: Duration = .seconds(60), keyLimit: Int = 256,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.logger = logger
        self.interval = interval
        self.keyLimit = keyLimit
        self.now = now
    }

    /// Writes the warning, or counts it if one with this key was written within the interval.
    ///
    /// - Parameter key: identifies the kind of warning: a camera and a kind of failure, for example, without times or
    ///   counts.
    public func warn(_ key: String, _ message: @autoclosure () -> Logger.Message, metadata: Logger.Metadata? = nil) {
        let instant = now()
        let lines = state.withLock { state in
            var lines = drainDue(at: instant, from: &state)
            if state.repetitions[key] != nil {
                state.repetitions[key]?.count += 1
            } else if state.repetitions.count < keyLimit {
                let repetition = Repetition(text: message().description, metadata: metadata, since: instant)
                state.repetitions[key] = repetition
                state.due = state.due ?? instant + interval
                lines.append(PendingWarning(message: "\(repetition.text)", metadata: metadata))
            } else if state.others != nil {
                state.others?.count += 1
            } else {
                state.others = Repetition(text: "warnings of other kinds", metadata: nil, since: instant)
                state.due = state.due ?? instant + interval
                lines.append(PendingWarning(message: message(), metadata: metadata))
            }
            return lines
        }
        write(lines)
    }

    /// Writes the counts of all intervals that have ended by `instant`.
    public func flush(now instant: ContinuousClock.Instant) {
        write(state.withLock { drainDue(at: instant, from: &$0) })
    }

    /// Removes the counts of all ended intervals and returns them: warnings that did not repeat are forgotten, the
    /// others start a new interval.
    private func drainDue(at instant: ContinuousClock.Instant, from state: inout State) -> [PendingWarning] {
        guard let due = state.due, instant >= due else { return [] }
        var lines: [PendingWarning] = []
        func next(_ repetition: Repetition) -> Repetition? {
            guard instant - repetition.since >= interval else { return repetition }
            guard repetition.count > 0 else { return nil }
            lines.append(PendingWarning(message: repetition.summary(at: instant), metadata: repetition.metadata))
            return Repetition(text: repetition.text, metadata: repetition.metadata, since: instant)
        }
        for key in state.repetitions.keys.sorted() {
            state.repetitions[key] = state.repetitions[key].flatMap(next)
        }
        state.others = state.others.flatMap(next)
        let since = (state.repetitions.values.map(\.since) + [state.others?.since].compactMap(\.self)).min()
        state.due = since.map { $0 + interval }
        return lines
    }

    private func write(_ lines: [PendingWarning]) {
        for line in lines { logger.warning(line.message, metadata: line.metadata) }
    }
}

/// A written warning, and how often it was repeated since.
struct Repetition {
    /// From the first occurrence.
    let text: String
    /// From the first occurrence.
    let metadata: Logger.Metadata?
    let since: ContinuousClock.Instant
    var count = 0

    func summary(at instant: ContinuousClock.Instant) -> Logger.Message {
        "\(text) … \(count) more in \((instant - since).components.seconds) s"
    }
}
