/// What makes an event of a camera's windows.
struct EventRules: Sendable, Equatable {
    enum Classes: Sendable, Equatable {
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

    /// The network answers with one of these.
    var classes = Classes.none
    /// The network's answer becomes another class.
    var onChange = false
    /// Bounds of the mean saliency mass of a picture, in the gradient's units.
    var massAbove: Double?
    var massBelow: Double?
    /// Seconds of windows for which a condition has to last.
    var holds = 1.0
    /// Seconds from the end of an event to the next of its kind.
    var quiet = 10.0

    /// What part of a bound the mass has to come back by before it counts as within it again.
    static let hysteresis = 0.1
}
