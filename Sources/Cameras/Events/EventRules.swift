/// What makes an event of a camera's windows.
struct EventRules: Sendable, Equatable {
    enum Classes: Sendable, Hashable {
        case none
        case any
        /// Numbers of classes, from 0.
        case these(Set<Int>)

        func contains(_ number: Int) -> Bool {
            switch self {
            case .none: false
            case .any: true
            case .these(let numbers): numbers.contains(number)
            }
        }
    }

    /// When a zone's heat is an event.
    struct Zone: Sendable, Hashable {
        var name: String
        /// The share of a window's heat from which it is, 0…1.
        var shareAbove: Double
        /// The answers with which it is.
        var classes = Classes.any
    }

    /// The network answers with one of these.
    var classes = Classes.none
    /// The network's answer becomes another class.
    var onChange = false
    /// Bounds of the mean saliency mass of a frame, in the gradient's units.
    var massAbove: Double?
    var massBelow: Double?
    var zones: [Zone] = []
    /// Seconds of windows for which a condition has to last.
    var holds = 1.0
    /// Seconds from the end of an event to the next of its kind, and of its zone.
    var quiet = 10.0

    /// What part of a bound the mass, or a share, has to come back by before it counts as within it again.
    static let hysteresis = 0.1
}
