import Concurrency
import DequeModule

/// Schedules the use of the engine: cameras compute one at a time and before jobs; jobs compute simultaneously; no
/// caller starves.
///
/// A turn is one window. A job that has let `maximumTurnsPassed` turns of cameras pass is next, so that many cameras
/// slow jobs down but do not stop them. Blocks the calling thread: use it on dedicated threads only.
public final class EngineScheduler: Sendable {
    public enum Kind: Sendable {
        /// A live stream, which cannot wait.
        case camera
        case job
    }

    /// The number of cameras' turns that a waiting job lets pass.
    static let maximumTurnsPassed = 8
    /// The interval in seconds at which a waiting caller checks for cancellation.
    private static let cancellationInterval = 0.1

    private let monitor = Monitor(EngineTurns())

    public init() {}

    /// Waits for a turn and calls `body`.
    ///
    /// - Throws: `CancellationError` if cancelled while waiting; what `body` throws.
    public func turn<Result>(
        _ kind: Kind, cancellation: Cancellation, _ body: () throws -> Result
    ) throws -> Result {
        try begin(kind, cancellation)
        defer { end(kind) }
        return try body()
    }

    /// Called within a long turn: yields the engine to waiting callers. It cannot be cancelled, because another turn
    /// always follows.
    public func yieldTurn(_ kind: Kind) {
        end(kind)
        wait(kind) { false }
    }

    private func begin(_ kind: Kind, _ cancellation: Cancellation) throws {
        guard wait(kind, isCancelled: { cancellation.isCancelled }) else { throw CancellationError() }
    }

    /// - Returns: false if cancelled.
    @discardableResult
    private func wait(_ kind: Kind, isCancelled: () -> Bool) -> Bool {
        let ticket = monitor.update { $0.enter(kind) }
        var hasWaited = false
        return monitor.wait { turns in
            if hasWaited, isCancelled() {
                turns.leave(kind, ticket)
                return .done(false)
            }
            guard turns.isNext(kind, ticket) else {
                hasWaited = true
                return .waitUntil(.after(Self.cancellationInterval))
            }
            turns.begin(kind, ticket)
            return .done(true)
        }
    }

    private func end(_ kind: Kind) {
        monitor.update { $0.end(kind) }
    }

    /// The numbers of waiting callers, for tests.
    var waiting: (cameras: Int, jobs: Int) { monitor.read { ($0.cameras.count, $0.jobs.count) } }
}

/// The waiting and computing callers of an `EngineScheduler`.
private struct EngineTurns: Sendable {
    private(set) var cameras = Deque<Int>()
    private(set) var jobs = Deque<(ticket: Int, passed: Int)>()
    private var nextTicket = 0
    private var isCameraComputing = false
    private var computingJobs = 0

    /// - Returns: the ticket for the turn.
    mutating func enter(_ kind: EngineScheduler.Kind) -> Int {
        defer { nextTicket += 1 }
        switch kind {
        case .camera: cameras.append(nextTicket)
        case .job: jobs.append((nextTicket, 0))
        }
        return nextTicket
    }

    func isNext(_ kind: EngineScheduler.Kind, _ ticket: Int) -> Bool {
        guard !isCameraComputing else { return false }
        let isJobDue = jobs.first.map { $0.passed >= EngineScheduler.maximumTurnsPassed } ?? false
        switch kind {
        case .camera: return computingJobs == 0 && !isJobDue && cameras.first == ticket
        case .job: return jobs.first?.ticket == ticket && (cameras.isEmpty || isJobDue)
        }
    }

    mutating func begin(_ kind: EngineScheduler.Kind, _ ticket: Int) {
        leave(kind, ticket)
        switch kind {
        case .camera:
            isCameraComputing = true
            for index in jobs.indices { jobs[index].passed += 1 }
        case .job: computingJobs += 1
        }
    }

    mutating func leave(_ kind: EngineScheduler.Kind, _ ticket: Int) {
        switch kind {
        case .camera: cameras.removeAll { $0 == ticket }
        case .job: jobs.removeAll { $0.ticket == ticket }
        }
    }

    mutating func end(_ kind: EngineScheduler.Kind) {
        switch kind {
        case .camera: isCameraComputing = false
        case .job: computingJobs -= 1
        }
    }
}
