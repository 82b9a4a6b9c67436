import Concurrency
import DequeModule

/// Who may compute now: cameras one at a time and before jobs; jobs beside each other; nobody starves.
///
/// A turn is one window. A job that has let so many cameras go before it is next, so that many cameras slow jobs down but do
/// not stop them. Blocks the calling thread: for dedicated threads only.
// Unchecked: every access to the stored properties is under `condition`.
public final class EngineGate: @unchecked Sendable {
    public enum Kind: Sendable {
        /// A live stream, which cannot wait.
        case camera
        case job
    }

    /// Turns of cameras that a waiting job lets pass.
    static let patience = 8
    /// Seconds after which a waiting caller looks whether it was cancelled.
    private static let cancellationInterval = 0.1

    private let condition = Monitor()
    private var cameras = Deque<Int>()
    private var jobs = Deque<(ticket: Int, passed: Int)>()
    private var nextTicket = 0
    private var isCameraComputing = false
    private var computingJobs = 0

    public init() {}

    /// Waits for a turn and computes.
    ///
    /// - Throws: `CancellationError` if cancelled while waiting; what `body` throws.
    public func turn<Result>(
        _ kind: Kind, cancellation: Cancellation, _ body: () throws -> Result
    ) throws -> Result {
        try begin(kind, cancellation)
        defer { end(kind) }
        return try body()
    }

    /// In the middle of a turn that computes more than a window: lets those go first who wait. Not cancelled, since a turn comes.
    public func rest(_ kind: Kind) {
        end(kind)
        wait(kind) { false }
    }

    private func begin(_ kind: Kind, _ cancellation: Cancellation) throws {
        guard wait(kind, isCancelled: { cancellation.isCancelled }) else { throw CancellationError() }
    }

    /// - Returns: false if cancelled.
    @discardableResult
    private func wait(_ kind: Kind, isCancelled: () -> Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let ticket = nextTicket
        nextTicket += 1
        switch kind {
        case .camera: cameras.append(ticket)
        case .job: jobs.append((ticket, 0))
        }
        while !isNext(kind, ticket) {
            _ = condition.wait(until: Monitor.deadline(after: Self.cancellationInterval))
            guard !isCancelled() else {
                leave(kind, ticket)
                return false
            }
        }
        leave(kind, ticket)
        switch kind {
        case .camera:
            isCameraComputing = true
            for index in jobs.indices { jobs[index].passed += 1 }
        case .job: computingJobs += 1
        }
        return true
    }

    private func isNext(_ kind: Kind, _ ticket: Int) -> Bool {
        guard !isCameraComputing else { return false }
        let isJobDue = jobs.first.map { $0.passed >= Self.patience } ?? false
        switch kind {
        case .camera: return computingJobs == 0 && !isJobDue && cameras.first == ticket
        case .job: return jobs.first?.ticket == ticket && (cameras.isEmpty || isJobDue)
        }
    }

    private func leave(_ kind: Kind, _ ticket: Int) {
        switch kind {
        case .camera: cameras.removeAll { $0 == ticket }
        case .job: jobs.removeAll { $0.ticket == ticket }
        }
        condition.broadcast()
    }

    private func end(_ kind: Kind) {
        condition.lock()
        switch kind {
        case .camera: isCameraComputing = false
        case .job: computingJobs -= 1
        }
        condition.broadcast()
        condition.unlock()
    }

    /// How many wait, for tests.
    var waiting: (cameras: Int, jobs: Int) {
        condition.lock()
        defer { condition.unlock() }
        return (cameras.count, jobs.count)
    }
}
