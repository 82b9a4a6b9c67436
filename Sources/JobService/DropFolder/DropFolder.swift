import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Jobs
import Logging
import Synchronization

/// Watches one folder: scans it after inotify events, when a file may have settled, and at regular intervals. Several
/// files are ingested in parallel, so that a large one does not delay the others.
package final class DropFolder: Sendable {
    package let dropFolder: DropFolderSettings
    private let fileIngest: FileIngest
    private let execution: JobExecution
    private let log: Logger
    private let clock: any Clock<Duration>
    private let wakeSignal = WakeSignal()
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        /// Whether the folder may have changed since the last scan.
        var isScanDue = true
        var movedIn: Set<String> = []
        var ended: [(file: DroppedFile, end: IngestEnd)] = []
        var outcomes = FileOutcomes()
    }

    /// A file that does not open as video is given this many times the settling time before it becomes a job.
    private static let settleMultiple = 10
    /// The maximum number of files that are ingested in parallel.
    static let maximumConcurrent = 4

    package init(
        dropFolder: DropFolderSettings, ingest: FileIngest, execution: JobExecution, log: Logger,
        clock: any Clock<Duration>
    ) {
        self.dropFolder = dropFolder
        self.fileIngest = ingest
        self.execution = execution
        self.clock = clock
        var log = log
        log[metadataKey: "folder"] = "\(dropFolder.name)"
        self.log = log
    }

    /// Makes `run` return soon.
    package func stop() {
        state.withLock { $0.isStopped = true }
        wakeSignal.notify()
    }

    /// Scans the folder now.
    package func rescan() {
        scheduleScan([])
    }

    private func scheduleScan(_ movedIn: Set<String>) {
        state.withLock { state in
            state.isScanDue = true
            state.movedIn.formUnion(movedIn)
        }
        wakeSignal.notify()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } || Task.isCancelled }

    /// Runs until `stop`, or until the task is cancelled.
    package func run() async {
        log.info("watching \(dropFolder.folder)")
        await withDiscardingTaskGroup(returning: Void.self) { group in
            var scan = FolderScanState(dropFolder: dropFolder)
            while !isStopped {
                await scanIfDue(&scan)
                for (file, end) in drainEnded() { scan.end(file, end) }
                while let (file, age) = scan.begin(atMost: Self.maximumConcurrent) {
                    record(file, .reading, "It is being examined.")
                    group.addTask {
                        let end = await self.ingest(file, age: age)
                        self.state.withLock { $0.ended.append((file, end)) }
                        self.wakeSignal.notify()
                    }
                }
                await wakeSignal.wait(atMost: max(scan.next - .now, .milliseconds(1)), clock: clock)
            }
            // Neither a large file that is being read nor a file server that does not respond delays the stop.
            group.cancelAll()
        }
        log.info("no longer watching \(dropFolder.folder)")
    }

    /// The files whose ingest has ended since the last call.
    private func drainEnded() -> [(file: DroppedFile, end: IngestEnd)] {
        state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
    }

    private func scanIfDue(_ scan: inout FolderScanState) async {
        let (isDue, movedIn) = state.withLock { state in
            defer { (state.isScanDue, state.movedIn) = (false, []) }
            return (state.isScanDue, state.movedIn)
        }
        guard isDue || scan.next <= .now else { return }
        do {
            // Before the scan, so that changes after it cause another one.
            if scan.events == nil {
                scan.events = FolderEvents(folder: dropFolder.folder) { [weak self] in self?.scheduleScan($0) }
            }
            let files = try await execution.blocking { [dropFolder, events = scan.events, isFirst = scan.isFirst] in
                try Self.list(dropFolder, events, isFirst: isFirst)
            }
            scan.observe(files, movedIn: movedIn)
            state.withLock { $0.outcomes.keep(files) }
            if scan.complaint != nil { log.notice("\(dropFolder.folder) can be read again") }
            scan.complaint = nil
        } catch {
            if scan.complaint != "\(error)" { log.warning("\(error)") }
            execution.metrics.warned(.folder)
            scan.fail("\(error)")
        }
    }

    /// Blocks.
    private static func list(
        _ dropFolder: DropFolderSettings, _ events: FolderEvents?, isFirst: Bool
    ) throws -> [DroppedFile] {
        var listing = try DropFolderListing(dropFolder)
        if isFirst {
            let root = try HeldFolder(dropFolder.folder)
            for folder in listing.folders {
                if let folder = try root.folder(below: folder) { HeldFile.restoreRemoved(in: folder) }
            }
            listing = try DropFolderListing(dropFolder)
        }
        // Files that arrived in a new folder before it was watched are in the next listing. If folders are created
        // faster than that, their files wait for the next scan.
        for _ in 0..<8 where listing.folders.contains(where: { events?.add($0) == true }) {
            for folder in listing.folders { events?.add(folder) }
            listing = try DropFolderListing(dropFolder)
        }
        return listing.files
    }

    /// The state of each of the folder's files, sorted by name, with the reason. Blocks.
    ///
    /// - Parameter name: the path of one file below the folder; nil for all.
    /// - Throws: `FileError` if the folder cannot be read.
    package func report(_ name: String? = nil) throws(FileError) -> [FileReport] {
        try state.withLock { $0.outcomes }.reports(dropFolder, name)
    }

    private func record(_ file: DroppedFile, _ fileState: FileReport.State, _ reason: String, job: Job.ID? = nil) {
        state.withLock { $0.outcomes.record(file, fileState, reason, job: job) }
    }

    private func ingest(_ file: DroppedFile, age: Duration) async -> IngestEnd {
        let settle = Duration.seconds(dropFolder.settle)
        let metadata: Logger.Metadata = ["file": "\(file.name)"]
        guard file.stamp.size <= dropFolder.largestFile else {
            let reason = "it has \(file.stamp.size) bytes, and largest-file allows \(dropFolder.largestFile)"
            log.warning("not taken: \(reason)", metadata: metadata)
            record(file, .passedOver, "It is not taken: \(reason).")
            return .done
        }
        do {
            switch try await fileIngest.ingest(
                file, of: dropFolder, mayBeIncomplete: age < settle * Self.settleMultiple)
            {
            case .ownOutput:
                log.debug("ignored: annotated by this program", metadata: metadata)
                record(file, .passedOver, "It is not taken: saliencyd annotated it, its metadata says.")
                return .done
            case .incomplete(let reason):
                log.debug("not taken yet: \(reason)", metadata: metadata)
                record(file, .later, "It is not taken yet, in case it is still being written: \(reason).")
                return .later(max(settle, .seconds(1)))
            case .admitted(.new(let job)), .admitted(.again(let job)):
                log.info("job queued", metadata: metadata.merging(["job": "\(job.id)"]) { $1 })
                record(file, .job, "It is job \(job.id).", job: job.id)
                return .done
            case .admitted(.known(let job)):
                return await resolve(job, as: file, metadata)
            }
        } catch is CancellationError {
            return .later(.zero)
        } catch {
            execution.warnings.warn("\(dropFolder.name)/\(file.name)", "cannot be taken: \(error)", metadata: metadata)
            record(file, .later, "It cannot be taken at present: \(error).")
            return .later(.seconds(dropFolder.rescan))
        }
    }

    /// Handles a file whose content belongs to an existing job.
    private func resolve(_ job: Job, as file: DroppedFile, _ metadata: Logger.Metadata) async -> IngestEnd {
        let path = "\(dropFolder.folder)/\(file.name)"
        let isWaiting = [.queued, .running].contains(job.state)
        let other = job.source == path ? "" : ", made of \(job.source)"
        record(file, .job, "Its content is that of job \(job.id)\(other), which is \(job.state.rawValue).", job: job.id)
        // A copy of the job's own file is moved or deleted when the job is done.
        if isWaiting, job.source != path, dropFolder.source != .keep { return .later(.seconds(dropFolder.rescan)) }
        execution.metrics.foundKnown()
        let known = metadata.merging(["job": "\(job.id)", "state": "\(job.state.rawValue)"]) { $1 }
        log.info("known already, by its content", metadata: known)
        if job.state == .done { await execution.settleSource(of: job, at: path) }
        return .done
    }
}
