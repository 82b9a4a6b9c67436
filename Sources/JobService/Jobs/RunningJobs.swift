import Concurrency
import Jobs
import Pipeline
import Synchronization

/// The running jobs, with their progress, and the means to stop them.
package final class RunningJobs: Sendable {
    /// Why a job was stopped.
    package enum StopReason: Sendable {
        case cancelled
        /// The daemon stops; the job returns to the queue.
        case stopping
        /// The job took longer than its drop folder allows.
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

    /// Adds a job that begins.
    package func begin(_ job: Job) -> StopRequest {
        let stop = StopRequest()
        state.withLock { state in
            state.entries[job.id] = Entry(job: job, stop: stop)
            state.steps += 1
        }
        return stop
    }

    package func update(_ id: Job.ID, _ progress: JobProgress) {
        state.withLock { state in
            state.entries[id]?.progress = progress
            state.steps += 1
        }
    }

    /// Records a step of a job without a progress value, such as reading its source.
    package func step() {
        state.withLock { $0.steps += 1 }
    }

    package func end(_ id: Job.ID) {
        state.withLock { state in
            state.entries[id] = nil
            state.steps += 1
        }
    }

    /// Why the job was stopped; nil if it was not.
    package func reason(_ id: Job.ID) -> StopReason? {
        state.withLock { $0.entries[id]?.reason }
    }

    /// Stops a job immediately; false if it does not run.
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

    /// The running jobs, sorted by number.
    package var all: [(job: Job, progress: JobProgress?)] {
        state.withLock { $0.entries.values.map { ($0.job, $0.progress) } }.sorted { $0.job.id < $1.job.id }
    }

    package func progress(of id: Job.ID) -> JobProgress? {
        state.withLock { $0.entries[id]?.progress }
    }

    /// Records that a job waits for an external cause that is logged, such as a ledger that cannot be written: it does
    /// not hang.
    func recordWait() {
        state.withLock { $0.steps += 1 }
    }

    /// Grows with every step of every job; if it does not grow while jobs run, they hang.
    package var steps: UInt64 { state.withLock { $0.steps } }
}
