import Decode
import Engine
import Files
import Foundation
import Jobs
import Logging
import Pipeline
import Synchronization
import Telemetry

/// One attempt of one job, from the claimed source to what is written down of it.
struct JobExecution: Sendable {
    let desk: LedgerDesk
    let model: LoadedModel
    /// Of the engine, for each job.
    let threads: Int
    /// Whom the engine is shared with.
    let gate: EngineGate
    let running: RunningJobs
    let watches: WatchBook
    let names: OutputNames
    let metrics: JobMetrics
    /// Tells of jobs' ends.
    let events: JobEventDesk
    let log: Logger
    let warnings: RepeatedWarnings
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>

    /// Seconds between two notes of a running job's progress in the ledger, each of which waits for the disk.
    private static let noteInterval = 2.0

    func run(_ job: Job, stop: StopRequest) async {
        let started = ContinuousClock.now
        log.info("job begins", metadata: ["job": "\(job.id)", "file": "\(job.source)", "attempt": "\(job.attempts)"])
        do {
            let outcome = try await annotate(job, stop: stop)
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            try await finish(job, outcome, seconds: seconds)
            metrics.finished(seconds: seconds)
        } catch {
            await end(job, failedWith: error)
        }
    }

    private func annotate(_ job: Job, stop: StopRequest) async throws -> AnnotateOutcome {
        let (annotation, _) = try AnnotationSettings.decode(canonical: job.key.options)
        let choice = try await blocking { [names] in
            let folder = String(StagedName.split(job.output).folder.dropLast())
            if !folder.isEmpty { try SourceKeeper.makeFolder(folder) }
            return try names.choose(job.output, origin: job.key.origin)
        }
        defer { names.release(choice.path) }
        if choice.path != job.output {
            _ = try await desk { ledger throws(LedgerError) in try ledger.redirect(job.id, output: choice.path) }
        }
        let request = AnnotateRequest(
            input: job.source, output: choice.path, sampling: annotation.sampling, saliency: annotation.saliency,
            drawing: annotation.drawing, video: annotation.video, audio: annotation.audio,
            trustWindows: annotation.trustWindows,
            origin: job.key.origin, isReplacing: choice.isReplacing)
        let noted = Mutex(ContinuousClock.now)
        let work = AnnotateJob(request: request, model: model, threads: threads, gate: gate)
        return try await work.run(stop: stop) { [running, metrics, desk] progress in
            metrics.advanced(progress, since: running.progress(of: job.id))
            running.note(progress, of: job.id)
            let now = ContinuousClock.now
            let isDue = noted.withLock { last in
                guard now - last >= .seconds(Self.noteInterval) else { return false }
                last = now
                return true
            }
            guard isDue, let fraction = progress.fraction else { return }
            // How far a job is matters less than that it goes on; a ledger that cannot be written says so elsewhere.
            try? desk.onThisThread { ledger throws(LedgerError) in try ledger.advance(job.id, to: fraction) }
        }
    }

    private func finish(_ job: Job, _ outcome: AnnotateOutcome, seconds: Double) async throws {
        let warnings = outcome.sidecar.warnings
        let result = JobResult(outcome.sidecar, seconds: seconds)
        await record(job) { ledger throws(LedgerError) in
            _ = try ledger.finish(job.id, warnings: warnings, result: result)
        }
        log.info(
            "job done",
            metadata: [
                "job": "\(job.id)", "file": "\(job.source)", "output": "\(outcome.output)",
                "warnings": "\(warnings.count)",
            ])
        metrics.warned(.video, by: warnings.count)
        await settleSource(of: job)
        await tell(job.id)
    }

    /// Keeps, moves or deletes the source of a job that is done, or another file with the same content.
    func settleSource(of job: Job, at path: String? = nil) async {
        guard let watch = watches[job.watch] else { return }
        let source = path ?? job.source
        do {
            let place = try await blocking { try SourceKeeper.settle(source, content: job.key.content, watch: watch) }
            if let place, place != source, source == job.source { await relocate(job, place) }
        } catch {
            metrics.warned(.source)
            log.warning("source stays", metadata: ["job": "\(job.id)", "reason": "\(error)"])
        }
    }

    private func end(_ job: Job, failedWith error: any Error) async {
        switch running.reason(job.id) {
        case .cancelled:
            log.info("job cancelled", metadata: ["job": "\(job.id)", "file": "\(job.source)"])
            return
        case .stopping:
            await record(job) { ledger throws(LedgerError) in _ = try ledger.release(job.id) }
            log.info("job goes back to the queue", metadata: ["job": "\(job.id)", "file": "\(job.source)"])
            return
        case nil:
            break
        }
        let metadata: Logger.Metadata = ["job": "\(job.id)", "file": "\(job.source)"]
        switch JobVerdict(error, attempts: job.attempts, watch: watches[job.watch]) {
        case .again(let failure, let seconds):
            let due = now().addingTimeInterval(seconds)
            await record(job) { ledger throws(LedgerError) in _ = try ledger.fail(job.id, failure, retryAt: due) }
            metrics.retried()
            log.warning("job waits: \(failure.message)", metadata: metadata.merging(["seconds": "\(seconds)"]) { $1 })
        case .failed(let failure):
            await record(job) { ledger throws(LedgerError) in _ = try ledger.fail(job.id, failure, retryAt: nil) }
            metrics.failed()
            log.error("job failed: \(failure.message)", metadata: metadata)
            await setAside(job, failure)
            await tell(job.id)
        }
    }

    /// Tells of a job's end as the ledger has it, once its source lies where it is to stay.
    func tell(_ id: Job.ID) async {
        guard let job = try? await desk({ ledger throws(LedgerError) in try ledger.job(id) }) else { return }
        events.tell(job)
    }

    /// Moves the source of a job that has failed out of the way.
    func setAside(_ job: Job, _ failure: JobFailure) async {
        guard let watch = watches[job.watch] else { return }
        let time = now()
        do {
            let place = try await blocking { try SourceKeeper.setAside(job, failure, watch: watch, at: time) }
            if place != job.source { await relocate(job, place) }
        } catch {
            metrics.warned(.source)
            log.warning("failed source stays", metadata: ["job": "\(job.id)", "reason": "\(error)"])
        }
    }

    private func relocate(_ job: Job, _ place: String) async {
        await record(job) { ledger throws(LedgerError) in _ = try ledger.relocate(job.id, source: place) }
    }

    /// Writes down what became of a job, however long the ledger's disk takes to have room for it. What cannot be written
    /// before the daemon ends, the next one finds out from the output.
    private func record(
        _ job: Job, _ change: @escaping @Sendable (Ledger) throws(LedgerError) -> Void
    ) async {
        while true {
            do {
                return try await desk(change)
            } catch {
                guard error.code == .full || error.code == .unwritable else {
                    log.error("\(error)", metadata: ["job": "\(job.id)"])
                    return
                }
                metrics.warned(.ledger)
                warnings.warn("ledger", "the ledger cannot be written: \(error)")
            }
            guard (try? await clock.sleep(for: .seconds(5))) != nil else { return }
        }
    }

    func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await DedicatedThread.run(name: "job files", onCancel: {}, body: body)
    }
}
