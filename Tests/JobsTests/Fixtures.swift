import Foundation
import Jobs
import Synchronization
import TestSupport

/// A clock that only a test advances.
final class TestClock: Sendable {
    private let seconds: Mutex<Double>

    /// - Parameter seconds: since 1970.
    init(at seconds: Double = 1_800_000_000) {
        self.seconds = Mutex(seconds)
    }

    var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

    /// Advances the clock; a negative value sets it back.
    func advance(by interval: Double) {
        seconds.withLock { $0 += interval }
    }
}

/// A ledger in a temporary folder, with its own clock.
struct LedgerFixture {
    let directory: TemporaryDirectory
    let clock = TestClock()
    let ledger: Ledger

    init() throws {
        directory = try TemporaryDirectory()
        ledger = try Ledger(path: directory.file("jobs.sqlite"), now: { [clock] in clock.now })
    }

    /// Admits a new job whose content is `number`.
    @discardableResult func admit(_ number: Int, priority: Int = 0, dropFolder: String? = nil) throws -> Job {
        try ledger.admit(.numbered(number, priority: priority, dropFolder: dropFolder)).job
    }

    /// Creates a new job in `state`; with `isWaiting`, a queued job waits for its second attempt.
    func job(in state: JobState, isWaiting: Bool = false) throws -> Job {
        let number = try ledger.counts().values.reduce(0, +)
        // The newest job is next, whatever already waits.
        let job = try admit(number, priority: 1_000 + number)
        if state == .queued && !isWaiting { return job }
        if state == .cancelled { return try ledger.cancel(job.id) }
        guard let running = try ledger.claim(), running.id == job.id else { throw FixtureError() }
        return switch state {
        case .queued: try ledger.fail(job.id, .sample, retryAt: clock.now + 60)
        case .done: try ledger.finish(job.id, warnings: ["late"])
        case .failed: try ledger.fail(job.id, .sample, retryAt: nil)
        case .quarantined: try ledger.crash(job.id, .sample, maximumCrashes: 1)
        case .running, .cancelled: running
        }
    }
}

/// A job other than the test's own was claimed.
struct FixtureError: Error {}

extension JobRequest {
    static func numbered(_ number: Int, priority: Int = 0, dropFolder: String? = nil) -> JobRequest {
        JobRequest(
            key: .numbered(number), bytes: 1_000 + Int64(number), dropFolder: dropFolder, source: "/in/\(number).mp4",
            output: "/out/\(number).mp4", priority: priority)
    }
}

extension JobKey {
    static func numbered(_ number: Int) -> JobKey {
        JobKey(content: "content \(number)", model: "builtin:motion", options: "{}")
    }
}

extension JobFailure {
    static let sample = JobFailure(code: "damaged", message: "The file ends at 3 s.")
}

/// The error that `body` throws, if it is a `LedgerError`.
func ledgerError(_ body: () throws -> Void) -> LedgerError? {
    do { try body() } catch { return error as? LedgerError }
    return nil
}
