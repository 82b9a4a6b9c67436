import FoundationEssentials
import Synchronization

/// The record of all jobs, queued, running and ended, in one SQLite file.
///
/// Every change is one transaction, which is on the disk when the call returns. After a crash or a power loss the file
/// holds all changes up to some moment, no earlier than the last call that returned.
///
/// All calls except `changes()` block: they read and write the disk, wait for each other, and up to five seconds for
/// another process. Call them on threads of your own, never on Swift's cooperative pool.
public final class Ledger: Sendable {
    let connection: LedgerConnection
    let broadcaster = ChangeBroadcaster()
    private let turns = Mutex(DropFolderTurns())
    let path: String
    /// Called only inside transactions, so that the times of consecutive changes are in order as long as the clock is.
    let now: @Sendable () -> Date

    /// Opens the ledger at `path`, or creates it and its folder, accessible only to their owner.
    ///
    /// A file of a newer version, or a database of another program, is rejected and not changed.
    ///
    /// - Parameter now: the clock, which may be set forward or back. It must not use the ledger.
    public init(path: String, now: @escaping @Sendable () -> Date = { Date() }) throws(LedgerError) {
        connection = try LedgerConnection(path: path)
        self.path = path
        self.now = now
    }

    /// Enters a job, unless the ledger has one with the same key.
    ///
    /// - Parameter again: whether a job that is done, failed, quarantined or cancelled is queued again like a new one,
    ///   with the request's source, output, drop folder and priority. A queued or running job is not changed.
    public func admit(_ request: JobRequest, again: Bool = false) throws(LedgerError) -> Admission {
        let admission = try connection.write { table -> Admission in
            guard var stored = try table.job(request.key) else {
                return .new(try table.insert(request, at: now()))
            }
            guard again, JobTransition.admitAgain.allows(stored.job) else { return .known(stored.job) }
            stored.resetAttempts()
            stored.job.state = JobTransition.admitAgain.target
            stored.job.dropFolder = request.dropFolder
            stored.job.source = request.source
            stored.job.output = request.output
            stored.job.priority = request.priority
            return .again(try table.update(stored))
        }
        if case .known = admission { return admission }
        broadcaster.announce(admission.job.id)
        return admission
    }

    /// Starts the next job among those that are due and not paused: the highest priority first, then the drop folder
    /// that was served longest ago, then the lowest number.
    ///
    /// - Parameters:
    ///   - isAlone: whether no other job runs. Otherwise, if the next job is a suspect, it stays queued and no other
    ///     job is started.
    ///   - dropFolders: drop folders whose jobs stay queued.
    /// - Returns: nil if no job is due (`nextRetry` tells when one will be), or if a suspect has to wait.
    public func claim(isAlone: Bool = true, except dropFolders: Set<String> = []) throws(LedgerError) -> Job? {
        let job = try connection.write { table -> Job? in
            let now = now()
            let candidates = try table.nextOfEachDropFolder(at: now, except: dropFolders)
            guard var stored = turns.withLock({ $0.next(of: candidates) }), isAlone || !stored.job.isSuspect else {
                return nil
            }
            stored.job.state = JobTransition.claim.target
            stored.job.attempts = min(stored.job.attempts, Int.max - 1) + 1
            stored.job.progress = 0
            stored.job.startedAt = now
            stored.wait(until: nil, since: now)
            return try table.update(stored)
        }
        if let job {
            turns.withLock { $0.serve(job.dropFolder) }
            broadcaster.announce(job.id)
        }
        return job
    }

    /// The earliest time at which a queued job that waits for another attempt is due. A time in the past means that a
    /// job has become due since the last `claim`.
    ///
    /// A caller that sleeps until then must wake from time to time and ask again, since the clock may be set back.
    ///
    /// - Parameter dropFolders: drop folders whose jobs are ignored.
    public func nextRetry(except dropFolders: Set<String> = []) throws(LedgerError) -> Date? {
        try connection.read { try $0.nextRetry(at: now(), except: dropFolders) }
    }

    /// Checks every page of a file that is too large to be checked when it is opened; does nothing for a smaller one.
    ///
    /// Takes seconds for a million jobs; other calls are not blocked.
    ///
    /// - Throws: `LedgerError.Code.damaged`.
    public func checkIfLarge() throws(LedgerError) {
        if try connection.isLarge() { try LedgerConnection.checkPages(of: path) }
    }

    /// The numbers of the jobs that change through this object from now on, each after its change is on the disk; 0
    /// when a pause begins or ends.
    ///
    /// Each listener has its own stream; one that does not keep up loses all but the newest 256 numbers. Changes by
    /// other processes are not included.
    public func changes() -> AsyncStream<Job.ID> {
        broadcaster.listen()
    }
}
