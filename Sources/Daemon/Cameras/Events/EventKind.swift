/// What an event is about.
enum EventKind: String, Sendable, Codable, CaseIterable {
    /// The network answers with a class that is looked for.
    case `class`
    /// The network's answer became another class.
    case change
    case massAbove = "mass-above"
    case massBelow = "mass-below"
    /// A zone has so much of the heat.
    case zone
}
