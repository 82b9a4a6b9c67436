import Files
import Foundation
import Glibc
import Jobs
import Logging
import Pipeline

/// Brings order into what a killed daemon left behind: jobs that are running in the ledger though nobody runs them.
struct JobRecovery: Sendable {
    let desk: LedgerDesk
    let execution: JobExecution
    let log: Logger

    /// Attempts that end with the daemon itself before a job is taken for the cause. Many: a daemon that is killed again and
    /// again, from without, ends whatever it is at, and ten times met good clips.
    static let mostCrashes = 100

    func run() async throws {
        for job in try await desk({ ledger throws(LedgerError) in try ledger.interrupted() }) {
            let isComplete = try await DedicatedThread.run(name: "recovery", onCancel: {}) {
                Self.removeStaged(of: job)
                return Self.isComplete(job)
            }
            try await settle(job, isComplete: isComplete)
        }
    }

    private func settle(_ job: Job, isComplete: Bool) async throws {
        let metadata: Logger.Metadata = ["job": "\(job.id)", "file": "\(job.source)"]
        if isComplete {
            _ = try await desk { ledger throws(LedgerError) in try ledger.finish(job.id, warnings: []) }
            log.notice("job was done when the daemon ended", metadata: metadata)
            await execution.settleSource(of: job)
        } else if job.attempts >= Self.mostCrashes {
            let failure = JobFailure(
                code: "interrupted", message: "the daemon ended \(job.attempts) times while it annotated \(job.source)")
            _ = try await desk { ledger throws(LedgerError) in try ledger.quarantine(job.id, failure) }
            log.error("job quarantined: \(failure.message)", metadata: metadata)
            await execution.setAside(job, failure)
        } else {
            let failure = JobFailure(code: "interrupted", message: "the daemon ended while it annotated \(job.source)")
            let now = execution.now()
            _ = try await desk { ledger throws(LedgerError) in try ledger.fail(job.id, failure, retryAt: now) }
            log.notice("job begins anew after the daemon ended", metadata: metadata)
        }
    }

    /// A video gets its name when it is complete, its record after it; both together are the job's end.
    private static func isComplete(_ job: Job) -> Bool {
        access(OutputNames.sidecar(job.output), F_OK) == 0 && OutputNames.origin(of: job.output) == job.key.origin
    }

    /// Removes what a killed job was writing. Nobody else writes under these names in the folders of this daemon's jobs.
    private static func removeStaged(of job: Job) {
        for path in [job.output, OutputNames.sidecar(job.output)] {
            let (folder, name) = StagedName.split(path)
            let prefix = "." + String(decoding: name.utf8.prefix(200), as: UTF8.self) + "."
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files where file.hasPrefix(prefix) && file.hasSuffix(StagedName.suffix) {
                unlink(folder + file)
            }
        }
    }
}
