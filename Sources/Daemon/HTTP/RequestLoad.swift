/// What a request takes of the daemon: those of one kind share places, so that no kind crowds another out.
enum RequestLoad: CaseIterable, Sendable {
    /// Answered however many there are.
    case health
    case read
    case change
    case upload
    case download
    /// Waits for something to happen.
    case wait
    /// Looks at live pictures for as long as it likes.
    case view
}
