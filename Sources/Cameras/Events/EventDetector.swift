import Events
import Pipeline

/// Detects events in a camera's windows.
///
/// A condition must hold in consecutive windows for a minimum duration, and ends with the first window in which it does
/// not hold. A new connection or a gap ends every event, because the time between was not observed.
struct EventDetector: Sendable {
    /// The kind of a condition and its zone: zones are independent of each other.
    private struct Subject: Hashable {
        var kind: EventKind
        var zone: EventRules.Zone?
    }

    let rules: EventRules
    /// In the order in which they are evaluated.
    private let subjects: [Subject]
    private var conditions: [Subject: EventCondition] = [:]
    private var connection: Int?
    /// The class from which `change` measures changes: the last class that lasted.
    private var settledClass: Int?
    private var count = 0

    init(_ rules: EventRules) {
        self.rules = rules
        subjects =
            EventKind.allCases.filter { $0 != .zone }.map { Subject(kind: $0) }
            + rules.zones.map { Subject(kind: .zone, zone: $0) }
    }

    /// - Parameter window: the camera's next window.
    /// - Returns: the events that end with this window, then those that begin.
    mutating func add(_ window: LiveWindow) -> [EventTransition] {
        var ends: [EventTransition] = []
        var begins: [EventTransition] = []
        if window.connection != connection || window.stride == nil { ends += reset() }
        connection = window.connection
        for subject in subjects {
            // A different class is a separate event.
            if subject.kind == .class || subject.kind == .change, let last = conditions[subject]?.last,
                last.classIndex != window.classIndex
            {
                ends += release(subject)
            }
            guard holds(subject, in: window) else {
                ends += release(subject)
                continue
            }
            begins += hold(subject, window)
        }
        return ends + begins
    }

    /// Ends all current events: the camera is not observed any more, or was not observed for a while.
    mutating func reset() -> [EventTransition] {
        subjects.flatMap { release($0) }
    }

    private func holds(_ subject: Subject, in window: LiveWindow) -> Bool {
        let isHolding = conditions[subject]?.isHolding ?? false
        let slack = isHolding ? EventRules.hysteresis : 0
        switch subject.kind {
        case .class: return rules.classes.contains(window.classIndex)
        // During the event the new class is already the settled one.
        case .change: return rules.onChange && (settledClass != window.classIndex || isHolding)
        case .massAbove: return rules.massAbove.map { window.mass >= $0 * (1 - slack) } ?? false
        case .massBelow: return rules.massBelow.map { window.mass <= $0 * (1 + slack) } ?? false
        case .zone:
            guard let zone = subject.zone, let now = window.zones.first(where: { $0.name == zone.name }) else {
                return false
            }
            return now.share >= zone.shareAbove * (1 - slack) && zone.classes.contains(window.classIndex)
        }
    }

    private mutating func hold(_ subject: Subject, _ window: LiveWindow) -> [EventTransition] {
        let kind = subject.kind
        // The very first class is not a change.
        if kind == .change, settledClass == nil {
            settledClass = window.classIndex
            return []
        }
        let first = conditions[subject, default: EventCondition()].hold(
            window, number: count + 1, minimumDuration: rules.minimumDuration, quiet: rules.quiet)
        guard let first else { return [] }
        if kind == .change { settledClass = window.classIndex }
        count += 1
        return [
            EventTransition(
                number: count, kind: kind, zone: subject.zone?.name, state: .began, began: first.start,
                time: first.start, sourceTime: first.sourceStart, threshold: threshold(subject), window: window)
        ]
    }

    private mutating func release(_ subject: Subject) -> [EventTransition] {
        guard let (event, last) = conditions[subject]?.release() else { return [] }
        return [
            EventTransition(
                number: event.number, kind: subject.kind, zone: subject.zone?.name, state: .ended,
                began: event.began, time: last.end, sourceTime: last.sourceEnd, threshold: threshold(subject),
                window: last)
        ]
    }

    private func threshold(_ subject: Subject) -> Double? {
        switch subject.kind {
        case .class, .change: nil
        case .massAbove: rules.massAbove
        case .massBelow: rules.massBelow
        case .zone: subject.zone?.shareAbove
        }
    }
}

/// The state of one condition: how long it has held, and its current event.
struct EventCondition: Sendable {
    struct Event: Sendable {
        var number: Int
        var began: Double
    }

    /// The first and the last of the consecutive windows in which the condition holds.
    private(set) var first: LiveWindow?
    private(set) var last: LiveWindow?
    /// The current event.
    private(set) var event: Event?
    /// When the previous event ended, by the wall clock.
    private var lastEnd: Double?

    /// Whether the condition held in the previous window.
    var isHolding: Bool { first != nil }

    /// Adds a window in which the condition holds.
    ///
    /// - Parameters:
    ///   - number: the number of the event, if one begins.
    ///   - quiet: seconds that must have passed since the previous event before another may begin.
    /// - Returns: the window in which the condition began, if an event begins now.
    mutating func hold(_ window: LiveWindow, number: Int, minimumDuration: Double, quiet: Double) -> LiveWindow? {
        let first = first ?? window
        self.first = first
        last = window
        guard event == nil, window.sourceEnd - first.sourceStart >= minimumDuration, isQuietOver(at: window.end, quiet)
        else {
            return nil
        }
        event = Event(number: number, began: first.start)
        return first
    }

    /// Called when the condition no longer holds, or is no longer known.
    ///
    /// - Returns: the event that ends, and the last window in which the condition held.
    mutating func release() -> (event: Event, last: LiveWindow)? {
        defer {
            (first, last, event) = (nil, nil, nil)
        }
        guard let event, let last else { return nil }
        lastEnd = last.end
        return (event, last)
    }

    private func isQuietOver(at time: Double, _ quiet: Double) -> Bool {
        // A clock that was set back does not tell how long it has been quiet.
        guard let lastEnd, time >= lastEnd else { return true }
        return time - lastEnd >= quiet
    }
}
