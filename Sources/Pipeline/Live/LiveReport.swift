import Synchronization

/// A camera's numbers, written by its threads and read by whoever shows them.
public final class LiveReport: Sendable {
    private let statistics = Mutex(LiveStatistics())

    public init() {}

    public var snapshot: LiveStatistics { statistics.withLock { $0 } }

    public func update(_ change: (inout LiveStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
