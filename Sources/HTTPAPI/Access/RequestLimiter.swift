import Synchronization

/// Limits the number of requests that are answered at the same time.
final class RequestLimiter: Sendable {
    /// A request that is being answered; ends with the last reference.
    final class Slot: Sendable {
        private let limiter: RequestLimiter

        fileprivate init(_ limiter: RequestLimiter) {
            self.limiter = limiter
        }

        deinit {
            limiter.count.withLock { $0 -= 1 }
        }
    }

    private let limit: Int
    private let description: String
    private let count = Mutex(0)

    /// - Parameter description: names the limited requests in error messages.
    init(limit: Int, of description: String = "requests") {
        self.limit = limit
        self.description = description
    }

    /// - Throws: 503 if there are too many.
    func enter() throws(APIError) -> Slot {
        let isFree = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isFree else { throw .unavailable("The daemon has \(limit) \(description) already; try again.") }
        return Slot(self)
    }

    var inUse: Int { count.withLock { $0 } }
}

/// The slots for requests of each kind.
struct RequestSlots: Sendable {
    private let limiters: [RequestLoad: RequestLimiter]

    init(_ limits: HTTPLimits) {
        limiters = [
            .read: RequestLimiter(limit: limits.requests),
            .change: RequestLimiter(limit: limits.changes, of: "requests that change something"),
            .upload: RequestLimiter(limit: limits.uploads, of: "uploads"),
            .download: RequestLimiter(limit: limits.downloads, of: "downloads"),
            .wait: RequestLimiter(limit: limits.waits, of: "requests that wait"),
            .view: RequestLimiter(limit: limits.viewers, of: "viewers of live images"),
        ]
    }

    /// - Returns: the slot, to be held until the response is sent; nil if none is needed.
    /// - Throws: 503 if none is free.
    func enter(_ load: RequestLoad) throws(APIError) -> RequestLimiter.Slot? {
        try limiters[load]?.enter()
    }
}

/// The kinds of load: requests of one kind share slots, so that no kind crowds out another.
enum RequestLoad: CaseIterable, Sendable {
    /// Always answered.
    case health
    case read
    case change
    case upload
    case download
    /// Waits for an event.
    case wait
    /// Receives live images for an unlimited time.
    case view
}
