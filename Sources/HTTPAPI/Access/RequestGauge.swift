import Synchronization

/// How many requests are being answered, and how many may be.
final class RequestGauge: Sendable {
    /// Being answered, until the last reference goes.
    final class Place: Sendable {
        private let gauge: RequestGauge

        fileprivate init(_ gauge: RequestGauge) {
            self.gauge = gauge
        }

        deinit {
            gauge.count.withLock { $0 -= 1 }
        }
    }

    private let most: Int
    private let what: String
    private let count = Mutex(0)

    /// - Parameter what: is counted, for people.
    init(most: Int, of what: String = "requests") {
        self.most = most
        self.what = what
    }

    /// - Throws: 503 where there are too many.
    func enter() throws(APIError) -> Place {
        let isFree = count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
        guard isFree else { throw .unavailable("The daemon has \(most) \(what) already; try again.") }
        return Place(self)
    }

    var inUse: Int { count.withLock { $0 } }
}

/// The places that requests of each kind have.
struct RequestPlaces: Sendable {
    private let gauges: [RequestLoad: RequestGauge]

    init(_ limits: HTTPLimits) {
        gauges = [
            .read: RequestGauge(most: limits.requests),
            .change: RequestGauge(most: limits.changes, of: "requests that change something"),
            .upload: RequestGauge(most: limits.uploads, of: "uploads"),
            .download: RequestGauge(most: limits.downloads, of: "downloads"),
            .wait: RequestGauge(most: limits.waits, of: "requests that wait"),
            .view: RequestGauge(most: limits.viewers, of: "viewers of live images"),
        ]
    }

    /// - Returns: the place, to be held until the answer is sent; nil for what needs none.
    /// - Throws: 503 where none is free.
    func enter(_ load: RequestLoad) throws(APIError) -> RequestGauge.Place? {
        try gauges[load]?.enter()
    }
}

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
    /// Looks at live images for as long as it likes.
    case view
}
