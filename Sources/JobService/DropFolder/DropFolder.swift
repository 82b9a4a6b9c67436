import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Jobs
import Logging
import Synchronization

/// Watches one folder: looks when inotify hints, when a file may have settled, and every so often regardless. Takes several files
/// side by side, so that a large one holds up no others.
package final class DropFolder: Sendable {
    package let dropFolder: DropFolderSettings
    private let ingest: FileIngest
    private let execution: JobExecution
    private let log: Logger
    private let clock: any Clock<Duration>
    private let wakeSignal = WakeSignal()
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        /// Whether the folder may have changed since the last look.
        var isLookDue = true
        var movedIn: Set<String> = []
        var ended: [(file: DroppedFile, end: TakeEnd)] = []
        var standings = FileStandings()
    }

    /// A file that does not open as video is given this many times the settling time before that counts.
    private static let settleMultiple = 10
    /// Files that are taken at the same time.
    static let sideBySide = 4

    package init(
        dropFolder: DropFolderSettings, ingest: FileIngest, execution: JobExecution, log: Logger,
        clock: any Clock<Duration>
    ) {
        self.dropFolder = dropFolder
        self.ingest = ingest
        self.execution = execution
        self.clock = clock
        var log = log
        log[metadataKey: "folder"] = "\(dropFolder.name)"
        self.log = log
    }

    /// Lets `run` return soon.
    package func stop() {
        state.withLock { $0.isStopped = true }
        wakeSignal.notify()
    }

    /// Looks at the folder now.
    package func look() {
        hint([])
    }

    private func hint(_ movedIn: Set<String>) {
        state.withLock { state in
            state.isLookDue = true
            state.movedIn.formUnion(movedIn)
        }
        wakeSignal.notify()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } || Task.isCancelled }

    /// Until `stop`, or until the task is cancelled.
    package func run() async {
        log.info("watching \(dropFolder.folder)")
        await withDiscardingTaskGroup(returning: Void.self) { group in
            var look = FolderLook(dropFolder: dropFolder)
            while !isStopped {
                await lookIfDue(&look)
                for (file, end) in takeEnded() { look.end(file, end) }
                while let (file, age) = look.begin(atMost: Self.sideBySide) {
                    note(file, .reading, "It is being examined.")
                    group.addTask {
                        let end = await self.take(file, age: age)
                        self.state.withLock { $0.ended.append((file, end)) }
                        self.wakeSignal.notify()
                    }
                }
                await wakeSignal.wait(atMost: max(look.next - .now, .milliseconds(1)), clock: clock)
            }
            // Neither a large file that is being read nor one that does not answer holds up the end.
            group.cancelAll()
        }
        log.info("no longer watching \(dropFolder.folder)")
    }

    /// The files whose look has ended since the last call.
    private func takeEnded() -> [(file: DroppedFile, end: TakeEnd)] {
        state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
    }

    private func lookIfDue(_ look: inout FolderLook) async {
        let (isDue, movedIn) = state.withLock { state in
            defer { (state.isLookDue, state.movedIn) = (false, []) }
            return (state.isLookDue, state.movedIn)
        }
        guard isDue || look.next <= .now else { return }
        do {
            // Before the look: what comes after the look makes another.
            if look.events == nil {
                look.events = FolderEvents(folder: dropFolder.folder) { [weak self] in self?.hint($0) }
            }
            let files = try await execution.blocking { [dropFolder, events = look.events, isFirst = look.isFirst] in
                try Self.list(dropFolder, events, isFirst: isFirst)
            }
            look.observe(files, movedIn: movedIn)
            state.withLock { $0.standings.keep(files) }
            if look.complaint != nil { log.notice("\(dropFolder.folder) can be read again") }
            look.complaint = nil
        } catch {
            if look.complaint != "\(error)" { log.warning("\(error)") }
            execution.metrics.warned(.folder)
            look.fail("\(error)")
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
                if let folder = try root.folder(below: folder) { HeldFile.putBack(in: folder) }
            }
            listing = try DropFolderListing(dropFolder)
        }
        // What came into a new folder before it was listened to is in the listing after. Whoever makes folders faster than that
        // waits for the next look.
        for _ in 0..<8 where listing.folders.contains(where: { events?.add($0) == true }) {
            for folder in listing.folders { events?.add(folder) }
            listing = try DropFolderListing(dropFolder)
        }
        return listing.files
    }

    /// What becomes of the folder's files, by name, and why. Blocks.
    ///
    /// - Parameter name: of one file, below the folder; nil for all.
    /// - Throws: `FileError` for a folder that cannot be read.
    package func report(_ name: String? = nil) throws(FileError) -> [FileReport] {
        try state.withLock { $0.standings }.reports(dropFolder, name)
    }

    private func note(_ file: DroppedFile, _ standing: FileReport.State, _ reason: String, job: Job.ID? = nil) {
        state.withLock { $0.standings.note(file, standing, reason, job: job) }
    }

    private func take(_ file: DroppedFile, age: Duration) async -> TakeEnd {
        let settle = Duration.seconds(dropFolder.settle)
        let metadata: Logger.Metadata = ["file": "\(file.name)"]
        guard file.stamp.size <= dropFolder.largestFile else {
            let reason = "it has \(file.stamp.size) bytes, and largest-file allows \(dropFolder.largestFile)"
            log.warning("not taken: \(reason)", metadata: metadata)
            note(file, .passedOver, "It is not taken: \(reason).")
            return .done
        }
        do {
            switch try await ingest.take(file, of: dropFolder, mayBeIncomplete: age < settle * Self.settleMultiple) {
            case .ours:
                log.debug("ignored: annotated by this program", metadata: metadata)
                note(file, .passedOver, "It is not taken: saliencyd annotated it, its metadata says.")
                return .done
            case .incomplete(let reason):
                log.debug("not taken yet: \(reason)", metadata: metadata)
                note(file, .later, "It is not taken yet, in case it is still being written: \(reason).")
                return .later(max(settle, .seconds(1)))
            case .admitted(.new(let job)), .admitted(.again(let job)):
                log.info("job queued", metadata: metadata.merging(["job": "\(job.id)"]) { $1 })
                note(file, .job, "It is job \(job.id).", job: job.id)
                return .done
            case .admitted(.known(let job)):
                return await resolve(job, as: file, metadata)
            }
        } catch is CancellationError {
            return .later(.zero)
        } catch {
            execution.warnings.warn("\(dropFolder.name)/\(file.name)", "cannot be taken: \(error)", metadata: metadata)
            note(file, .later, "It cannot be taken at present: \(error).")
            return .later(.seconds(dropFolder.rescan))
        }
    }

    /// The content is that of a job there is.
    private func resolve(_ job: Job, as file: DroppedFile, _ metadata: Logger.Metadata) async -> TakeEnd {
        let path = "\(dropFolder.folder)/\(file.name)"
        let isWaiting = [.queued, .running].contains(job.state)
        let other = job.source == path ? "" : ", made of \(job.source)"
        note(file, .job, "Its content is that of job \(job.id)\(other), which is \(job.state.rawValue).", job: job.id)
        // A copy beside the job's own file is settled when the job is done.
        if isWaiting, job.source != path, dropFolder.source != .keep { return .later(.seconds(dropFolder.rescan)) }
        execution.metrics.foundKnown()
        let known = metadata.merging(["job": "\(job.id)", "state": "\(job.state.rawValue)"]) { $1 }
        log.info("known already, by its content", metadata: known)
        if job.state == .done { await execution.settleSource(of: job, at: path) }
        return .done
    }
}
