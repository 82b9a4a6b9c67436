import Concurrency
import Files
import FoundationEssentials
import Glibc
import Jobs
import Logging
import Pipeline

/// Brings order into what a killed daemon left behind: jobs that are running in the ledger though nobody runs them.
package struct JobRecovery: Sendable {
    package let store: JobStore
    let execution: JobExecution
    let crash: CrashNote
    package let memory: MemoryKills
    package let log: Logger

    package init(
        store: JobStore, execution: JobExecution, crash: CrashNote, memory: MemoryKills, log: Logger
    ) {
        self.store = store
        self.execution = execution
        self.crash = crash
        self.memory = memory
        self.log = log
    }

    /// Crashes after which a job is taken for the cause. Fewer than the starts that systemd allows in a row
    /// (`StartLimitBurst=`), so that the daemon comes up again by itself. Kills from without are no crashes.
    static let maximumCrashes = 3
    /// Ends for lack of memory after which a job is taken for the cause: from the second on it runs alone.
    static let maximumMemoryEnds = 3

    /// From its end on, this daemon's own crash is noted.
    package func run() async throws {
        let cause = crash.signal.map { String(cString: strsignal($0)) }
        if let cause { log.error("the last daemon crashed: \(cause)") }
        for job in try await store({ ledger throws(LedgerError) in try ledger.interrupted() }) {
            let isComplete = try await DedicatedThread.run(name: "recovery", onCancel: {}) {
                Self.removeStaged(of: job)
                return Self.isComplete(job)
            }
            try await settle(job, isComplete: isComplete, cause: cause)
        }
        // Last: recovery that is cut off counts what is left the next time, and nothing twice.
        do throws(FileError) {
            try crash.begin()
            try memory.begin()
        } catch {
            log.warning("a crash of this daemon, or an end for lack of memory, will look like a kill: \(error)")
        }
    }

    /// - Parameter cause: what the daemon crashed of; nil if it ended in another way.
    private func settle(_ job: Job, isComplete: Bool, cause: String?) async throws {
        let metadata: Logger.Metadata = ["job": "\(job.id)", "file": "\(job.source)"]
        if isComplete {
            let sidecar = try? await execution.blocking { try Self.sidecar(of: job) }
            _ = try await store { ledger throws(LedgerError) in
                try ledger.finish(
                    job.id, warnings: sidecar?.warnings ?? [], result: sidecar.map { JobResult($0, seconds: nil) })
            }
            log.notice("job was done when the daemon ended", metadata: metadata)
            await execution.settleSource(of: job)
            await execution.tell(job.id)
        } else if let cause {
            let times = job.crashes == 0 ? "" : " \(job.crashes + 1) times"
            let failure = JobFailure(
                code: "crashed", message: "the daemon crashed\(times) while it annotated \(job.source): \(cause)")
            let settled = try await store { ledger throws(LedgerError) in
                try ledger.crash(job.id, failure, maximumCrashes: Self.maximumCrashes)
            }
            if settled.state == .quarantined {
                log.error("job quarantined: \(failure.message)", metadata: metadata)
                await execution.setAside(job, failure)
                await execution.tell(job.id)
            } else {
                log.warning("job starts again, alone, after the daemon crashed", metadata: metadata)
            }
        } else {
            let isForMemory = memory.hasKilled
            let failure = Self.failure(job, isForMemory: isForMemory)
            let settled = try await store { ledger throws(LedgerError) in
                try ledger.interrupt(
                    job.id, failure, isForMemory: isForMemory, maximumMemoryEnds: Self.maximumMemoryEnds)
            }
            if settled.state == .quarantined {
                log.error("job quarantined: \(failure.message)", metadata: metadata)
                await execution.setAside(job, failure)
            } else if settled.goesLast {
                log.warning("job starts again, last and alone: \(failure.message)", metadata: metadata)
            } else {
                log.notice("job starts again after the daemon ended", metadata: metadata)
            }
        }
    }

    /// - Parameter isForMemory: whether the kernel ended the daemon because no memory was left.
    private static func failure(_ job: Job, isForMemory: Bool) -> JobFailure {
        guard isForMemory else {
            return JobFailure(code: "interrupted", message: "the daemon ended while it annotated \(job.source)")
        }
        let times = job.memoryEnds == 0 ? "" : " \(job.memoryEnds + 1) times"
        return JobFailure(
            code: "memory",
            message: "the kernel ended the daemon for lack of memory\(times) while it annotated \(job.source)")
    }

    /// A video gets its name when it is complete, its captions after it, and its record last: the job's end.
    private static func isComplete(_ job: Job) -> Bool {
        OutputRegistry.exists(OutputRegistry.sidecar(job.output))
            && OutputRegistry.origin(of: job.output) == job.key.origin
    }

    /// Bytes of a record that are read: hours of video.
    private static let largestSidecar = 64 << 20

    private static func sidecar(of job: Job) throws -> Sidecar {
        let bytes = try ReadableFile(OutputRegistry.sidecar(job.output)).contents(limit: largestSidecar)
        return try Sidecar(json: Data(bytes))
    }

    /// Removes what a killed job was writing. Nobody else writes under these names in the folders of this daemon's jobs.
    private static func removeStaged(of job: Job) {
        for path in OutputRegistry.files(of: job.output) {
            let (folder, name) = StagedName.split(path)
            let prefix = "." + String(decoding: name.utf8.prefix(200), as: UTF8.self) + "."
            let files = FileName.entries(of: folder) ?? []
            for file in files where file.hasPrefix(prefix) && file.hasSuffix(StagedName.suffix) {
                unlink((folder + file).fileBytes)
            }
        }
    }
}
