import Logging
import Synchronization

/// What is to stand in the log of a request that changes something.
final class RequestNotes: Sendable {
    private let notes = Mutex<Logger.Metadata>([:])

    func add(_ key: String, _ value: String) {
        notes.withLock { $0[key] = "\(value)" }
    }

    var all: Logger.Metadata { notes.withLock { $0 } }
}
