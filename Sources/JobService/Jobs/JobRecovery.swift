import Concurrency
import Files
import FoundationEssentials
import Glibc
import Jobs
import Logging
import Pipeline

/// Settles the jobs that a killed daemon left: those that the ledger lists as running.
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

    /// The number of crashes after which a job counts as their cause. Lower than the number of starts that systemd
    /// allows in a row (`StartLimitBurst=`), so that the daemon recovers by itself. Kills from outside are not crashes.
    static let maximumCrashes = 3
    /// The number of kills for lack of memory after which a job counts as their cause; after the first one it runs
    /// alone.
    static let maximumMemoryEnds = 3

    /// Settles the jobs; after that, a crash of this daemon is recorded.
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
        // Last, so that an interrupted recovery continues with the remaining jobs the next time, and counts none twice.
        do throws(FileError) {
            try crash.begin()
            try memory.begin()
        } catch {
            log.warning("a crash of this daemon, or an end for lack of memory, will look like a kill: \(error)")
        }
    }

    /// - Parameter cause: the signal of the daemon's crash; nil if it ended in another way.
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
            await execution.deliverEvent(of: job.id)
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
                await execution.deliverEvent(of: job.id)
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

    /// - Parameter isForMemory: whether the kernel killed the daemon for lack of memory.
    private static func failure(_ job: Job, isForMemory: Bool) -> JobFailure {
        guard isForMemory else {
            return JobFailure(code: "interrupted", message: "the daemon ended while it annotated \(job.source)")
        }
        let times = job.memoryEnds == 0 ? "" : " \(job.memoryEnds + 1) times"
        return JobFailure(
            code: "memory",
            message: "the kernel ended the daemon for lack of memory\(times) while it annotated \(job.source)")
    }

    /// Whether the job's output is complete. The video gets its name when it is complete, then its captions, and last
    /// its record.
    private static func isComplete(_ job: Job) -> Bool {
        OutputRegistry.exists(OutputRegistry.sidecar(job.output))
            && OutputRegistry.origin(of: job.output) == job.key.origin
    }

    /// The maximum size of a record in bytes: enough for hours of video.
    private static let maximumSidecarSize = 64 << 20

    private static func sidecar(of job: Job) throws -> Sidecar {
        let bytes = try ReadableFile(OutputRegistry.sidecar(job.output)).contents(limit: maximumSidecarSize)
        return try Sidecar(json: Data(bytes))
    }

    /// Removes the incomplete files of a killed job. Only this daemon's jobs write files with such names in these
    /// folders.
    private static func removeStaged(of job: Job) {
        for path in OutputRegistry.files(of: job.output) {
            let (folder, name) = FileName.split(path)
            let prefix = "." + String(decoding: name.utf8.prefix(200), as: UTF8.self) + "."
            let files = FileName.entries(of: folder) ?? []
            for file in files where file.hasPrefix(prefix) && file.hasSuffix(TemporaryName.suffix) {
                unlink((folder + file).fileBytes)
            }
        }
    }
}
