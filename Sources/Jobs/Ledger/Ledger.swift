import FoundationEssentials
import Synchronization

/// The daemon's memory of its jobs: what is to be done, what runs, what became of what was done. One SQLite file.
///
/// Every change is one transaction and on the disk when its call returns; after a crash or a power loss the file holds all
/// changes up to some moment, and that moment is no earlier than the last call that returned.
///
/// All calls but `changes()` block: they read and write the disk, wait for each other, and for up to five seconds for
/// another process. They belong on threads of the caller's own, never on Swift's cooperative pool.
public final class Ledger: Sendable {
    let connection: LedgerConnection
    let broadcaster = ChangeBroadcaster()
    private let turns = Mutex(DropFolderTurns())
    let path: String
    /// Read inside transactions only: the times of consecutive changes are then in their order, as long as the clock is.
    let now: @Sendable () -> Date

    /// Opens the ledger at `path`, or creates it and its folder, for their owner alone.
    ///
    /// A file of a newer version and another program's database are refused and stay as they are.
    ///
    /// - Parameter now: the clock; it may be put forward and back. It must not use the ledger.
    public init(path: String, now: @escaping @Sendable () -> Date = { Date() }) throws(LedgerError) {
        connection = try LedgerConnection(path: path)
        self.path = path
        self.now = now
    }

    /// Enters a job, unless there is one with the same key.
    ///
    /// - Parameter again: whether a job that is done, failed, quarantined or cancelled is queued once more, as a new one,
    ///   with the request's source, output, drop folder and priority. A queued or running one stays as it is.
    public func admit(_ request: JobRequest, again: Bool = false) throws(LedgerError) -> Admission {
        let admission = try connection.write { table -> Admission in
            guard var stored = try table.job(request.key) else {
                return .new(try table.insert(request, at: now()))
            }
            guard again, JobTransition.admitAgain.allows(stored.job) else { return .known(stored.job) }
            stored.forgetAttempts()
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

    /// Starts the job whose turn it is among those that are due and not paused: the highest priority, then that of the drop folder that was
    /// served longest ago, then the lowest number.
    ///
    /// - Parameters:
    ///   - isAlone: whether no other job runs. Otherwise a suspect whose turn it is stays queued, and lets nobody pass.
    ///   - dropFolders: jobs of these drop folders stay queued.
    /// - Returns: nil if no job is due, for which `nextRetry` says when one will be, or a suspect waits.
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

    /// When the first of the queued jobs that wait for another attempt is due. A moment in the past says that one has
    /// become due since the last `claim`.
    ///
    /// Whoever sleeps until then by a clock that can be put back must wake now and then and ask again.
    ///
    /// - Parameter dropFolders: jobs of these drop folders do not count.
    public func nextRetry(except dropFolders: Set<String> = []) throws(LedgerError) -> Date? {
        try connection.read { try $0.nextRetry(at: now(), except: dropFolders) }
    }

    /// Checks every page of a file that is too large to be checked whenever it is opened; does nothing with a smaller one.
    ///
    /// Takes seconds for a million jobs; other calls go on meanwhile.
    ///
    /// - Throws: `LedgerError.Code.damaged`.
    public func checkIfLarge() throws(LedgerError) {
        if try connection.isLarge() { try LedgerConnection.checkPages(of: path) }
    }

    /// The numbers of the jobs that change from now on through this object, after each change is on the disk; 0 for a pause that
    /// begins or ends.
    ///
    /// Any number of listeners, each with its own stream; one that does not keep up loses all but the newest 256. Changes by
    /// other processes are not seen.
    public func changes() -> AsyncStream<Job.ID> {
        broadcaster.listen()
    }
}
