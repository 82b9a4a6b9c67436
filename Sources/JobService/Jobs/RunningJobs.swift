import Concurrency
import Jobs
import Pipeline
import Synchronization

/// The jobs that run: how far they are, and how to stop them.
package final class RunningJobs: Sendable {
    /// Why a job was stopped.
    package enum StopReason: Sendable {
        case cancelled
        /// The daemon stops; the job goes back to the queue.
        case stopping
        /// It took longer than its drop folder allows.
        case timedOut
    }

    private struct Entry {
        var job: Job
        var stop: StopRequest
        var progress: JobProgress?
        var reason: StopReason?
    }

    private struct State {
        var entries: [Job.ID: Entry] = [:]
        var steps: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Notes that a job begins.
    package func begin(_ job: Job) -> StopRequest {
        let stop = StopRequest()
        state.withLock { state in
            state.entries[job.id] = Entry(job: job, stop: stop)
            state.steps += 1
        }
        return stop
    }

    package func note(_ progress: JobProgress, of id: Job.ID) {
        state.withLock { state in
            state.entries[id]?.progress = progress
            state.steps += 1
        }
    }

    /// Notes that a job makes progress, in what has no progress to tell of.
    package func step() {
        state.withLock { $0.steps += 1 }
    }

    package func end(_ id: Job.ID) {
        state.withLock { state in
            state.entries[id] = nil
            state.steps += 1
        }
    }

    /// Why the job was stopped; nil if nobody stopped it.
    package func reason(_ id: Job.ID) -> StopReason? {
        state.withLock { $0.entries[id]?.reason }
    }

    /// Stops a job at once; false if it does not run.
    @discardableResult package func stop(_ id: Job.ID, _ reason: StopReason) -> Bool {
        let stop = state.withLock { state -> StopRequest? in
            guard state.entries[id] != nil else { return nil }
            state.entries[id]?.reason = reason
            return state.entries[id]?.stop
        }
        stop?.abort.cancel()
        return stop != nil
    }

    func stopAll(_ reason: StopReason) {
        for id in state.withLock({ Array($0.entries.keys) }) { stop(id, reason) }
    }

    /// In the order of their numbers.
    package var all: [(job: Job, progress: JobProgress?)] {
        state.withLock { $0.entries.values.map { ($0.job, $0.progress) } }.sorted { $0.job.id < $1.job.id }
    }

    package func progress(of id: Job.ID) -> JobProgress? {
        state.withLock { $0.entries[id]?.progress }
    }

    /// A job waits for what it cannot help and what the log tells of, such as a ledger that cannot be written: it does not hang.
    func noteWait() {
        state.withLock { $0.steps += 1 }
    }

    /// Grows with every step of every job: what does not grow while jobs run, hangs.
    package var steps: UInt64 { state.withLock { $0.steps } }
}
