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
