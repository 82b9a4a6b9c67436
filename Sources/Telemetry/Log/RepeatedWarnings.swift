import Logging
import Synchronization

/// Keeps a warning that comes a thousand times from filling the log: it is written once, then counted, and a line says
/// `… 42 more in 60 s` when the interval is over.
///
/// The end of an interval is noticed with the next warning of any kind, or in `flush`. The kinds that are told apart at one
/// time are bounded; all beyond them are counted together.
public final class RepeatedWarnings: Sendable {
    private let logger: Logger
    private let interval: Duration
    private let keyLimit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    private struct State {
        var repetitions: [String: Repetition] = [:]
        /// Of all keys beyond the limit.
        var others: Repetition?
        /// When the next interval ends; until then there is nothing to look through.
        var due: ContinuousClock.Instant?
    }

    private struct Line {
        var message: Logger.Message
        var metadata: Logger.Metadata?
    }

    /// - Parameters:
    ///   - interval: how long a warning is only counted after it was written.
    ///   - keyLimit: how many kinds of warnings are told apart at one time.
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
    /// - Parameter key: what is the same: a camera and a kind of failure, say, without times or counts.
    public func warn(_ key: String, _ message: @autoclosure () -> Logger.Message, metadata: Logger.Metadata? = nil) {
        let instant = now()
        let lines = state.withLock { state in
            var lines = take(dueAt: instant, from: &state)
            if state.repetitions[key] != nil {
                state.repetitions[key]?.count += 1
            } else if state.repetitions.count < keyLimit {
                let repetition = Repetition(text: message().description, metadata: metadata, since: instant)
                state.repetitions[key] = repetition
                state.due = state.due ?? instant + interval
                lines.append(Line(message: "\(repetition.text)", metadata: metadata))
            } else if state.others != nil {
                state.others?.count += 1
            } else {
                state.others = Repetition(text: "warnings of other kinds", metadata: nil, since: instant)
                state.due = state.due ?? instant + interval
                lines.append(Line(message: message(), metadata: metadata))
            }
            return lines
        }
        write(lines)
    }

    /// Writes the counts of all intervals that are over at `instant`.
    public func flush(now instant: ContinuousClock.Instant) {
        write(state.withLock { take(dueAt: instant, from: &$0) })
    }

    /// The lines of all intervals that are over; what did not repeat is forgotten, what did starts its next interval.
    private func take(dueAt instant: ContinuousClock.Instant, from state: inout State) -> [Line] {
        guard let due = state.due, instant >= due else { return [] }
        var lines: [Line] = []
        func next(_ repetition: Repetition) -> Repetition? {
            guard instant - repetition.since >= interval else { return repetition }
            guard repetition.count > 0 else { return nil }
            lines.append(Line(message: repetition.summary(at: instant), metadata: repetition.metadata))
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

    private func write(_ lines: [Line]) {
        for line in lines { logger.warning(line.message, metadata: line.metadata) }
    }
}

/// One warning that was written, and how often it came again since.
struct Repetition {
    /// Of the first one.
    let text: String
    /// Of the first one.
    let metadata: Logger.Metadata?
    let since: ContinuousClock.Instant
    var count = 0

    func summary(at instant: ContinuousClock.Instant) -> Logger.Message {
        "\(text) … \(count) more in \((instant - since).components.seconds) s"
    }
}
