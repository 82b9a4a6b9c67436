import Pipeline

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
