/// The conditions under which a camera's windows make an event.
struct EventRules: Sendable, Equatable {
    enum Classes: Sendable, Hashable {
        case none
        case any
        /// Class indices, from 0.
        case these(Set<Int>)

        func contains(_ number: Int) -> Bool {
            switch self {
            case .none: false
            case .any: true
            case .these(let numbers): numbers.contains(number)
            }
        }
    }

    /// The condition for an event of a zone.
    struct Zone: Sendable, Hashable {
        var name: String
        /// The minimum share of a window's heat, 0…1.
        var shareAbove: Double
        /// The answers with which it counts.
        var classes = Classes.any
    }

    /// Classes whose answer is an event.
    var classes = Classes.none
    /// Whether a change of the network's answer is an event.
    var onChange = false
    /// Bounds on the mean saliency mass of a frame, in the gradient's units.
    var massAbove: Double?
    var massBelow: Double?
    var zones: [Zone] = []
    /// Seconds for which a condition must hold.
    var minimumDuration = 1.0
    /// Minimum seconds from the end of an event to the start of the next of the same kind and zone.
    var quiet = 10.0

    /// The fraction of a bound by which the mass or a share must return before it counts as within the bound again.
    static let hysteresis = 0.1
}
