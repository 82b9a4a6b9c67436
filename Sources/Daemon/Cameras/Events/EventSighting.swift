import Pipeline

/// The begin or the end of an event, as the windows show it.
struct EventSighting: Sendable, Equatable {
    enum State: String, Sendable, Codable {
        case began
        case ended
    }

    /// The event's, the same at its begin and its end; from 1, in the order of the begins.
    var number: Int
    var kind: EventKind
    /// Of a zone's event: its name.
    var zone: String?
    var state: State
    /// When the condition began, by the wall clock, in seconds since 1970: the same at the event's end.
    var began: Double
    /// Where the condition began, or the end of the last window in which it held; by the wall clock, and in seconds since the
    /// epoch's first picture.
    var time: Double
    var sourceTime: Double
    /// The bound that the mass or the share crossed.
    var threshold: Double?
    /// The window that made it an event; at the end, the last one in which the condition held.
    var window: LiveWindow
}
