import Pipeline

/// Makes events of a camera's windows.
///
/// A condition has to last, without a window in between that breaks it, and ends with the first window that does. A new epoch
/// or a gap ends everything: what happened meanwhile nobody saw.
struct EventDetector: Sendable {
    let rules: EventRules
    private var conditions: [EventKind: EventCondition] = [:]
    private var epoch: Int?
    /// The class that `change` is a change from: the last one that lasted.
    private var settledClass: Int?
    private var count = 0

    init(_ rules: EventRules) {
        self.rules = rules
    }

    /// - Parameter window: of one camera, in their order.
    /// - Returns: what ends by it, then what begins.
    mutating func add(_ window: LiveWindow) -> [EventSighting] {
        var ends: [EventSighting] = []
        var begins: [EventSighting] = []
        if window.epoch != epoch || window.stride == nil { ends += reset() }
        epoch = window.epoch
        for kind in EventKind.allCases {
            // Another class is another event.
            if kind == .class || kind == .change, let last = conditions[kind]?.last,
                last.classIndex != window.classIndex
            {
                ends += release(kind)
            }
            guard holds(kind, in: window) else {
                ends += release(kind)
                continue
            }
            begins += hold(kind, window)
        }
        return ends + begins
    }

    /// Ends what goes on: the camera is no longer watched, or was not for a while.
    mutating func reset() -> [EventSighting] {
        EventKind.allCases.flatMap { release($0) }
    }

    private func holds(_ kind: EventKind, in window: LiveWindow) -> Bool {
        let isHolding = conditions[kind]?.isHolding ?? false
        let slack = isHolding ? EventRules.hysteresis : 0
        switch kind {
        case .class: return rules.classes.contains(window.classIndex)
        // While it lasts, the new class is the settled one.
        case .change: return rules.onChange && (settledClass != window.classIndex || isHolding)
        case .massAbove: return rules.massAbove.map { window.mass >= $0 * (1 - slack) } ?? false
        case .massBelow: return rules.massBelow.map { window.mass <= $0 * (1 + slack) } ?? false
        }
    }

    private mutating func hold(_ kind: EventKind, _ window: LiveWindow) -> [EventSighting] {
        // The first class of all is no change.
        if kind == .change, settledClass == nil {
            settledClass = window.classIndex
            return []
        }
        let first = conditions[kind, default: EventCondition()].hold(
            window, number: count + 1, holds: rules.holds, quiet: rules.quiet)
        guard let first else { return [] }
        if kind == .change { settledClass = window.classIndex }
        count += 1
        return [
            EventSighting(
                number: count, kind: kind, state: .began, began: first.start, time: first.start,
                sourceTime: first.sourceStart, threshold: threshold(kind), window: window)
        ]
    }

    private mutating func release(_ kind: EventKind) -> [EventSighting] {
        guard let (event, last) = conditions[kind]?.release() else { return [] }
        return [
            EventSighting(
                number: event.number, kind: kind, state: .ended, began: event.began, time: last.end,
                sourceTime: last.sourceEnd, threshold: threshold(kind), window: last)
        ]
    }

    private func threshold(_ kind: EventKind) -> Double? {
        switch kind {
        case .class, .change: nil
        case .massAbove: rules.massAbove
        case .massBelow: rules.massBelow
        }
    }
}
