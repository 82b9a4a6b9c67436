/// Why queued jobs do not begin though there is room for them.
struct JobHold: Sendable, Hashable, Codable {
    enum Reason: String, Sendable, Codable, CaseIterable {
        /// A person wants it so.
        case paused
        /// It is no time of the day for it.
        case quietHours = "quiet-hours"
        /// A disk is nearly full.
        case freeSpace = "free-space"
    }

    /// To decide by.
    var reason: Reason
    /// One clause.
    var message: String
}
