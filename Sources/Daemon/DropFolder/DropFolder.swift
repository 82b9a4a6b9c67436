import Foundation
import Jobs
import Logging
import Synchronization

/// Watches one folder: looks when inotify hints, when a file may have settled, and every so often regardless.
final class DropFolder: Sendable {
    let watch: WatchSettings
    private let intake: Intake
    private let execution: JobExecution
    private let log: Logger
    private let clock: any Clock<Duration>
    private let bell = Doorbell()
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        var movedIn: Set<String> = []
    }

    /// A file that does not open as video is given this many times the settling time before that counts.
    private static let patience = 10

    init(watch: WatchSettings, intake: Intake, execution: JobExecution, log: Logger, clock: any Clock<Duration>) {
        self.watch = watch
        self.intake = intake
        self.execution = execution
        self.clock = clock
        var log = log
        log[metadataKey: "watch"] = "\(watch.name)"
        self.log = log
    }

    /// Lets `run` return soon.
    func stop() {
        state.withLock { $0.isStopped = true }
        bell.ring()
    }

    /// Looks at the folder now.
    func look() {
        bell.ring()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } || Task.isCancelled }

    /// Until `stop`, or until the task is cancelled.
    func run() async {
        var tracker = SettleTracker(settle: .seconds(watch.settle))
        var events: FolderEvents?
        var complaint: String?
        log.info("watching \(watch.folder)")
        while !isStopped {
            let wait: Duration
            do {
                // Before the look: what comes after the look makes another.
                if events == nil { events = listen() }
                wait = try await look(&tracker)
                if complaint != nil { log.notice("\(watch.folder) can be read again") }
                complaint = nil
            } catch {
                // The folder may come back as another one, which this watch would not see.
                events = nil
                execution.metrics.warned(.folder)
                if complaint != "\(error)" { log.warning("\(error)") }
                complaint = "\(error)"
                wait = .seconds(watch.rescan)
            }
            await bell.wait(atMost: wait, clock: clock)
        }
        log.info("no longer watching \(watch.folder)")
    }

    private func listen() -> FolderEvents? {
        FolderEvents(folder: watch.folder) { [weak self] names in
            guard let self else { return }
            state.withLock { $0.movedIn.formUnion(names) }
            bell.ring()
        }
    }

    /// One look: takes what is ready.
    ///
    /// - Returns: for how long nothing is to be done unless something happens.
    private func look(_ tracker: inout SettleTracker) async throws -> Duration {
        let movedIn = state.withLock { state in
            defer { state.movedIn = [] }
            return state.movedIn
        }
        let folder = watch.folder
        let files = try await execution.blocking { try DropFolderListing.files(in: folder) }
        let now = ContinuousClock.now
        let (ready, next) = tracker.observe(files, movedIn: movedIn, at: now)
        for (file, age) in ready {
            guard !isStopped else { break }
            if await take(file, age: age) { tracker.finish(file) }
        }
        let rescan = Duration.seconds(watch.rescan)
        return next.map { min(max($0 - ContinuousClock.now, .milliseconds(1)), rescan) } ?? rescan
    }

    /// Whether the file needs no more attention as it is.
    private func take(_ file: DroppedFile, age: Duration) async -> Bool {
        let isPatient = age < .seconds(watch.settle) * Self.patience
        let metadata: Logger.Metadata = ["file": "\(file.name)"]
        guard file.stamp.size <= watch.largestFile else {
            log.warning(
                "not taken: it has \(file.stamp.size) bytes, and largest-file allows \(watch.largestFile)",
                metadata: metadata)
            return true
        }
        do {
            switch try await intake.take(file, of: watch, isPatient: isPatient) {
            case .ours:
                log.debug("passed over: annotated by this program", metadata: metadata)
                return true
            case .incomplete(let reason):
                log.debug("not taken yet: \(reason)", metadata: metadata)
                return false
            case .admitted(.new(let job)), .admitted(.again(let job)):
                log.info("job queued", metadata: metadata.merging(["job": "\(job.id)"]) { $1 })
                return true
            case .admitted(.known(let job)):
                await meet(job, as: file, metadata)
                return true
            }
        } catch {
            execution.warnings.warn("\(watch.name)/\(file.name)", "cannot be taken: \(error)", metadata: metadata)
            return false
        }
    }

    /// The content is that of a job there is.
    private func meet(_ job: Job, as file: DroppedFile, _ metadata: Logger.Metadata) async {
        execution.metrics.foundKnown()
        let known = metadata.merging(["job": "\(job.id)", "state": "\(job.state.rawValue)"]) { $1 }
        log.info("known already, by its content", metadata: known)
        guard job.state == .done else { return }
        await execution.settleSource(of: job, at: "\(watch.folder)/\(file.name)")
    }
}
