import Logging
import Synchronization

/// The fields of the log line for a request that changes something.
final class RequestLogFields: Sendable {
    private let fields = Mutex<Logger.Metadata>([:])

    func add(_ key: String, _ value: String) {
        fields.withLock { $0[key] = "\(value)" }
    }

    var all: Logger.Metadata { fields.withLock { $0 } }
}
