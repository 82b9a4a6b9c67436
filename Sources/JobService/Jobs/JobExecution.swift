import Concurrency
import DaemonConfiguration
import Decode
import Engine
import Files
import FoundationEssentials
import Jobs
import Logging
import Pipeline
import Synchronization
import Telemetry

/// Runs one attempt of one job, from opening its source to recording its result.
package struct JobExecution: Sendable {
    package let store: JobStore
    package let model: LoadedModel
    /// The number of engine threads of each job.
    package let threads: Int
    /// The maximum memory for the frames of each job, in bytes.
    package let frameLimit: Int
    /// Shares the engine with cameras and other jobs.
    package let scheduler: EngineScheduler
    package let running: RunningJobs
    package let dropFolders: DropFolderRegistry
    package let names: OutputRegistry
    let sources: JobSource
    package let metrics: JobMetrics
    /// Delivers the ends of jobs.
    package let events: JobEventService
    package let log: Logger
    package let warnings: RepeatedWarnings
    package let now: @Sendable () -> Date
    package let clock: any Clock<Duration>

    package init(
        store: JobStore, model: LoadedModel, threads: Int, frameLimit: Int, scheduler: EngineScheduler,
        running: RunningJobs,
        dropFolders: DropFolderRegistry, names: OutputRegistry, sources: JobSource, metrics: JobMetrics,
        events: JobEventService,
        log: Logger, warnings: RepeatedWarnings, now: @escaping @Sendable () -> Date, clock: any Clock<Duration>
    ) {
        self.store = store
        self.model = model
        self.threads = threads
        self.frameLimit = frameLimit
        self.scheduler = scheduler
        self.running = running
        self.dropFolders = dropFolders
        self.names = names
        self.sources = sources
        self.metrics = metrics
        self.events = events
        self.log = log
        self.warnings = warnings
        self.now = now
        self.clock = clock
    }

    /// Seconds between two updates of a running job's progress in the ledger, each of which waits for the disk.
    private static let progressInterval = 2.0

    package func run(_ job: Job, stop: StopRequest) async {
        let started = ContinuousClock.now
        log.info("job begins", metadata: ["job": "\(job.id)", "file": "\(job.source)", "attempt": "\(job.attempts)"])
        do {
            let (job, source) = try await open(job, stop: stop)
            let outcome = try await bounded(job) { try await annotate(job, source, stop: stop) }
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            try await finish(job, source, outcome, seconds: seconds)
            metrics.finished(seconds: seconds)
        } catch {
            await end(job, failedWith: error)
        }
    }

    /// Finds and opens the job's file, and updates the job if the file has moved. The file stays open until the attempt
    /// ends, so that exactly this file is read, moved or deleted.
    private func open(_ job: Job, stop: StopRequest) async throws -> (job: Job, source: HeldFile) {
        let source = try await blocking { [sources, running] in
            try sources.open(job) {
                running.step()
                return stop.abort.isCancelled
            }
        }
        guard source.path != job.source else { return (job, source) }
        for dropFolder in dropFolders.all {
            guard let path = dropFolder.relativePath(source.path) else { continue }
            let container = try AnnotationSettings.decode(canonical: job.key.options).container
            let request = JobRequest(
                key: job.key, bytes: job.bytes, dropFolder: dropFolder.name, source: source.path,
                output: FileIngest.output(path, dropFolder, container), priority: dropFolder.priority)
            let moved = try await store { ledger throws(LedgerError) in
                try ledger.follow(job.id, request, isBeginning: true)
            }
            return (moved, source)
        }
        await relocate(job, source.path)
        return (job, source)
    }

    private func annotate(_ job: Job, _ source: HeldFile, stop: StopRequest) async throws -> AnnotateOutcome {
        let annotation = try AnnotationSettings.decode(canonical: job.key.options)
        let base = dropFolders[job.dropFolder]?.output
        let choice = try await blocking { [names] in
            let folder = String(FileName.split(job.output).folder.dropLast())
            if !folder.isEmpty { try OutputFolders.create(folder, below: base ?? folder) }
            try OutputFolder.check(for: job.output)
            return try names.choose(job.output, origin: job.key.origin)
        }
        defer { names.release(choice.path) }
        if job.waitsFor != nil {
            log.notice("the output can be written again", metadata: ["job": "\(job.id)", "output": "\(job.output)"])
            let folder = OutputFolder.folder(of: job.output)
            try await store { ledger throws(LedgerError) in try ledger.resume(folder: folder, running: job.id) }
        }
        if choice.path != job.output {
            _ = try await store { ledger throws(LedgerError) in try ledger.redirect(job.id, output: choice.path) }
        }
        var request = AnnotateRequest(
            input: source.path, output: choice.path, sampling: annotation.sampling, saliency: annotation.saliency,
            drawing: annotation.drawing, video: annotation.video, audio: annotation.audio,
            trustWindows: annotation.trustWindows, longestVideo: dropFolders[job.dropFolder]?.longestVideo,
            origin: job.key.origin, isReplacing: choice.isReplacing)
        request.held = source
        let lastUpdate = Mutex(ContinuousClock.now)
        let work = AnnotateJob(
            request: request, model: model, threads: threads, frameLimit: frameLimit, scheduler: scheduler)
        return try await work.run(stop: stop) { [running, metrics, store] progress in
            metrics.advanced(progress, since: running.progress(of: job.id))
            running.update(job.id, progress)
            let now = ContinuousClock.now
            let isDue = lastUpdate.withLock { last in
                guard now - last >= .seconds(Self.progressInterval) else { return false }
                last = now
                return true
            }
            guard isDue, let fraction = progress.fraction else { return }
            // Progress is less important than the job itself; a ledger that cannot be written is reported elsewhere.
            try? store.onThisThread { ledger throws(LedgerError) in try ledger.advance(job.id, to: fraction) }
        }
    }

    private func finish(
        _ job: Job, _ source: HeldFile, _ outcome: AnnotateOutcome, seconds: Double
    ) async throws {
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
        await settleSource(of: job, source)
        await deliverEvent(of: job.id)
    }

    /// Keeps, moves or deletes the source of a job that is done, or another file with the same content.
    ///
    /// - Parameters:
    ///   - held: the annotated file, if it is open.
    ///   - path: the path of the other file.
    func settleSource(of job: Job, _ held: HeldFile? = nil, at path: String? = nil) async {
        guard let dropFolder = dropFolders[job.dropFolder], dropFolder.source != .keep else { return }
        do {
            // The job's file may have been found elsewhere since the job began.
            let now = try await store { ledger throws(LedgerError) in try ledger.job(job.id) } ?? job
            let place = try await blocking { [sources] in
                let file =
                    if let held, held.isInPlace { held } else {
                        try sources.open(path ?? now.source, content: job.key.content)
                    }
                return try SourceDisposal.settle(file, dropFolder: dropFolder)
            }
            guard path == nil, let place, place != now.source else { return }
            await relocate(job, place)
        } catch {
            metrics.warned(.source)
            log.warning("source left alone", metadata: ["job": "\(job.id)", "reason": "\(error)"])
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
        case .timedOut:
            await fail(job, timeout(of: job))
            return
        case nil:
            break
        }
        let metadata: Logger.Metadata = ["job": "\(job.id)", "file": "\(job.source)"]
        let error = await cause(of: error, in: job)
        switch JobVerdict(error, attempts: job.attempts, dropFolder: dropFolders[job.dropFolder]) {
        case .again(let failure, let seconds):
            let due = now().addingTimeInterval(seconds)
            await record(job) { ledger throws(LedgerError) in _ = try ledger.fail(job.id, failure, retryAt: due) }
            metrics.retried()
            log.warning("job waits: \(failure.message)", metadata: metadata.merging(["seconds": "\(seconds)"]) { $1 })
        case .obstructed(let failure):
            await obstruct(job, failure, isFolder: error is OutputFolderError)
        case .failed(let failure):
            await fail(job, failure)
        }
    }

    private func fail(_ job: Job, _ failure: JobFailure) async {
        await record(job) { ledger throws(LedgerError) in _ = try ledger.fail(job.id, failure, retryAt: nil) }
        metrics.failed()
        log.error("job failed: \(failure.message)", metadata: ["job": "\(job.id)", "file": "\(job.source)"])
        await setAside(job, failure)
        await deliverEvent(of: job.id)
    }

    /// Delivers the event for a job's end; called once the source is in its final place.
    package func deliverEvent(of id: Job.ID) async {
        guard let job = try? await store({ ledger throws(LedgerError) in try ledger.job(id) }) else { return }
        events.deliver(job)
    }

    /// Stops the job if `body` takes longer than its drop folder allows.
    private func bounded<Result>(_ job: Job, _ body: () async throws -> Result) async throws -> Result {
        guard let limit = dropFolders[job.dropFolder]?.jobTimeout else { return try await body() }
        let timer = Task { [clock, running] in
            // The sleep is cancelled when the job has ended.
            guard (try? await clock.sleep(for: .seconds(limit))) != nil else { return }
            running.stop(job.id, .timedOut)
        }
        defer { timer.cancel() }
        return try await body()
    }

    private func timeout(of job: Job) -> JobFailure {
        let limit =
            dropFolders[job.dropFolder].map { " \(Int($0.jobTimeout)) s, which job-timeout allows" } ?? " it may"
        return JobFailure(code: "timeout", message: "\(job.source): annotating it took longer than\(limit)")
    }

    /// The actual cause of a failed attempt: if the output's folder cannot be written, that is the cause, whatever
    /// error FFmpeg or an incomplete file led to.
    private func cause(of error: any Error, in job: Job) async -> any Error {
        guard !JobVerdict.isCausedByInput(error), !(error is OutputFolderError), !(error is SourceError) else {
            return error
        }
        do {
            try await blocking { try OutputFolder.check(for: job.output) }
            return error
        } catch {
            return error
        }
    }

    /// Makes a job wait until its output can be written and, if the folder is the cause, all other jobs that write
    /// there.
    private func obstruct(_ job: Job, _ failure: JobFailure, isFolder: Bool) async {
        let (now, dropFolder) = (now(), dropFolders[job.dropFolder])
        @Sendable func due(_ waits: Int) -> Date {
            now.addingTimeInterval(
                isFolder ? JobVerdict.folderWait(dropFolder) : JobVerdict.wait(after: waits, dropFolder))
        }
        let folder = OutputFolder.folder(of: job.output)
        await record(job) { ledger throws(LedgerError) in
            let waiting = try ledger.obstruct(job.id, by: .output, failure) { due($0) }
            if isFolder, let due = waiting.retryAt { try ledger.hold(folder: folder, failure, retryAt: due) }
        }
        metrics.retried()
        warnings.warn("output \(folder)", "jobs wait for their output: \(failure.message)")
    }

    /// Moves the source of a failed job to the folder for failed sources.
    func setAside(_ job: Job, _ failure: JobFailure) async {
        guard let dropFolder = dropFolders[job.dropFolder] else { return }
        let time = now()
        do {
            let place = try await blocking { [sources] in
                try SourceDisposal.setAside(job, try? sources.open(job), failure, dropFolder: dropFolder, at: time)
            }
            if place != job.source { await relocate(job, place) }
        } catch {
            metrics.warned(.source)
            log.warning("failed source stays", metadata: ["job": "\(job.id)", "reason": "\(error)"])
        }
    }

    private func relocate(_ job: Job, _ place: String) async {
        await record(job) { ledger throws(LedgerError) in _ = try ledger.relocate(job.id, source: place) }
    }

    /// Records a change of a job, waiting as long as the ledger's disk has no room. If the daemon ends before, the next
    /// one finds out from the output.
    private func record(
        _ job: Job, _ change: @escaping @Sendable (Ledger) throws(LedgerError) -> Void
    ) async {
        while true {
            do {
                return try await store(change)
            } catch {
                guard error.code == .full || error.code == .unwritable else {
                    log.error("\(error)", metadata: ["job": "\(job.id)"])
                    return
                }
                metrics.warned(.ledger)
                running.recordWait()
                warnings.warn("ledger", "the ledger cannot be written: \(error)")
            }
            guard (try? await clock.sleep(for: .seconds(5))) != nil else { return }
        }
    }

    func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await DedicatedThread.run(name: "job files", onCancel: {}, body: body)
    }
}
