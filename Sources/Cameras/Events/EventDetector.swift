import Events
import Pipeline

/// Makes events of a camera's windows.
///
/// A condition has to last, without a window in between that breaks it, and ends with the first window that does. A new connection
/// or a gap ends everything: what happened meanwhile nobody saw.
struct EventDetector: Sendable {
    /// What a condition is about: zones are independent of each other.
    private struct Subject: Hashable {
        var kind: EventKind
        var zone: EventRules.Zone?
    }

    let rules: EventRules
    /// In the order in which they are looked at.
    private let subjects: [Subject]
    private var conditions: [Subject: EventCondition] = [:]
    private var connection: Int?
    /// The class that `change` is a change from: the last one that lasted.
    private var settledClass: Int?
    private var count = 0

    init(_ rules: EventRules) {
        self.rules = rules
        subjects =
            EventKind.allCases.filter { $0 != .zone }.map { Subject(kind: $0) }
            + rules.zones.map { Subject(kind: .zone, zone: $0) }
    }

    /// - Parameter window: of one camera, in their order.
    /// - Returns: what ends by it, then what begins.
    mutating func add(_ window: LiveWindow) -> [EventSighting] {
        var ends: [EventSighting] = []
        var begins: [EventSighting] = []
        if window.connection != connection || window.stride == nil { ends += reset() }
        connection = window.connection
        for subject in subjects {
            // Another class is another event.
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

    /// Ends what goes on: the camera is no longer observed, or was not for a while.
    mutating func reset() -> [EventSighting] {
        subjects.flatMap { release($0) }
    }

    private func holds(_ subject: Subject, in window: LiveWindow) -> Bool {
        let isHolding = conditions[subject]?.isHolding ?? false
        let slack = isHolding ? EventRules.hysteresis : 0
        switch subject.kind {
        case .class: return rules.classes.contains(window.classIndex)
        // While it lasts, the new class is the settled one.
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

    private mutating func hold(_ subject: Subject, _ window: LiveWindow) -> [EventSighting] {
        let kind = subject.kind
        // The first class of all is no change.
        if kind == .change, settledClass == nil {
            settledClass = window.classIndex
            return []
        }
        let first = conditions[subject, default: EventCondition()].hold(
            window, number: count + 1, holds: rules.holds, quiet: rules.quiet)
        guard let first else { return [] }
        if kind == .change { settledClass = window.classIndex }
        count += 1
        return [
            EventSighting(
                number: count, kind: kind, zone: subject.zone?.name, state: .began, began: first.start,
                time: first.start, sourceTime: first.sourceStart, threshold: threshold(subject), window: window)
        ]
    }

    private mutating func release(_ subject: Subject) -> [EventSighting] {
        guard let (event, last) = conditions[subject]?.release() else { return [] }
        return [
            EventSighting(
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

/// One kind of event: for how long what it is about has held, and whether an event of it goes on.
struct EventCondition: Sendable {
    struct Event: Sendable {
        var number: Int
        var began: Double
    }

    /// The first window of those in a row in which the condition holds, and the last.
    private(set) var first: LiveWindow?
    private(set) var last: LiveWindow?
    /// What goes on.
    private(set) var event: Event?
    /// When the last event ended, by the wall clock.
    private var lastEnd: Double?

    /// Whether the condition held in the window before.
    var isHolding: Bool { first != nil }

    /// Takes a window in which the condition holds.
    ///
    /// - Parameters:
    ///   - number: the event's, if one begins.
    ///   - quiet: seconds since the last event before another may begin.
    /// - Returns: the window where the condition began, if that makes an event now.
    mutating func hold(_ window: LiveWindow, number: Int, holds: Double, quiet: Double) -> LiveWindow? {
        let first = first ?? window
        self.first = first
        last = window
        guard event == nil, window.sourceEnd - first.sourceStart >= holds, isQuietOver(at: window.end, quiet) else {
            return nil
        }
        event = Event(number: number, began: first.start)
        return first
    }

    /// The condition does not hold any more, or nobody knows.
    ///
    /// - Returns: the event that ends by that, and the last window in which the condition held.
    mutating func release() -> (event: Event, last: LiveWindow)? {
        defer {
            (first, last, event) = (nil, nil, nil)
        }
        guard let event, let last else { return nil }
        lastEnd = last.end
        return (event, last)
    }

    private func isQuietOver(at time: Double, _ quiet: Double) -> Bool {
        // A clock that was put back says nothing of how long it has been quiet.
        guard let lastEnd, time >= lastEnd else { return true }
        return time - lastEnd >= quiet
    }
}
