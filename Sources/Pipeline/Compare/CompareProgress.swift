import Synchronization

/// How far `compare` is; a value that may be shown or logged.
public struct CompareProgress: Sendable, Equatable {
    public var job: JobProgress
    /// What is computed now: "window 3 of 9: guided-ig 40 %". Nil before and after.
    public var activity: String?

    public init(job: JobProgress, activity: String? = nil) {
        self.job = job
        self.activity = activity
    }
}

/// What the explaining thread computes, for whoever reports.
final class CompareActivity: Sendable {
    private let held = Mutex<String?>(nil)

    var text: String? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
