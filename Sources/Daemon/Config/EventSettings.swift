import Media

/// What counts as an event of a camera, and who is told.
struct EventSettings: Sendable, Equatable {
    enum Classes: Sendable, Equatable {
        case any
        /// Labels, or numbers of classes from 0.
        case named([String])
    }

    /// An NDJSON file with a line an event.
    var file: String?
    /// An HTTP address that events are posted to.
    var webhook: SecretAddress?
    /// How the webhook's server proves who it is.
    var trust = TLSTrust.verified(authorities: nil)
    /// An executable that is run for each event.
    var hook: String?
    /// The folder of the clips and stills.
    var clips: String?

    /// The network answers with one of these classes; nil looks for none.
    var onClass: Classes?
    /// The network's answer becomes another class.
    var change = false
    /// Bounds of the mean saliency mass of a picture, in the gradient's units.
    var massAbove: Double?
    var massBelow: Double?

    /// Seconds for which a condition has to last.
    var duration = 1.0
    /// Seconds of a clip before the event and after it.
    var preRoll = 5.0
    var postRoll = 5.0
    /// Seconds between two events of one kind.
    var quiet = 10.0

    /// Whether anything counts as an event.
    var hasCondition: Bool { onClass != nil || change || massAbove != nil || massBelow != nil }
}
