import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Glibc
import Jobs
import Logging
import Pipeline
import ServiceLifecycle

/// Removes old jobs from the ledger, and checks a large ledger for damage.
package struct LedgerKeeper: Service {
    package let store: JobStore
    package let running: RunningJobs
    package let dropFolders: DropFolderRegistry
    package let settings: LedgerSettings
    package let log: Logger
    package let clock: any Clock<Duration>
    package let now: @Sendable () -> Date

    package init(
        store: JobStore, running: RunningJobs, dropFolders: DropFolderRegistry, settings: LedgerSettings, log: Logger,
        clock: any Clock<Duration>, now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.running = running
        self.dropFolders = dropFolders
        self.settings = settings
        self.log = log
        self.clock = clock
        self.now = now
    }

    /// The time between two prunings.
    package static let interval = Duration.seconds(3600)
    /// The deviation of the wall clock within that time, in seconds, up to which it is trusted.
    static let tolerance = 60.0

    package func run() async throws {
        // The check only reads and takes seconds; the daemon's end does not wait for it.
        Task { await check() }
        await cancelWhenGracefulShutdown {
            var last: (wall: Date, instant: ContinuousClock.Instant)?
            while !Task.isCancelled {
                let (wall, instant) = (now(), ContinuousClock.now)
                let isSteady =
                    last.map { Self.isSteady(wall.timeIntervalSince($0.wall), instant - $0.instant) } ?? false
                await prune(byAge: isSteady, at: wall)
                last = (wall, instant)
                try? await clock.sleep(for: Self.interval)
            }
        }
    }

    /// Whether the wall clock advanced with the elapsed time: after a jump it does not tell the age of jobs.
    static func isSteady(_ wall: Double, _ passed: Duration) -> Bool {
        abs(wall - passed / .seconds(1)) <= tolerance
    }

    /// Checks a ledger that was too large to be checked at the start.
    private func check() async {
        do {
            try await DedicatedThread.run(name: "ledger check", onCancel: {}) { [store] in
                try store.onThisThread { ledger throws(LedgerError) in try ledger.checkIfLarge() }
            }
        } catch {
            log.error("\(error)")
        }
    }

    /// Removes jobs that are too old, or beyond the maximum number.
    func prune(byAge: Bool, at time: Date) async {
        let before = byAge ? settings.keepAge.map { time.addingTimeInterval(-$0 * 86_400) } : nil
        let rule = PruningRule(before: before, maximumJobs: settings.keepJobs)
        var removed = 0
        do {
            let folders = dropFolders.all.map(\.folder)
            let sizes = try await DedicatedThread.run(name: "ledger files", onCancel: {}) {
                try FileSizes.below(folders)
            }
            var place: PruningCursor?
            repeat {
                // A cancelled job's attempt may not have ended yet.
                let busy = Set(running.all.map(\.job.id))
                let from = place
                let step = try await store { ledger throws(LedgerError) in
                    try ledger.prune(rule, from: from) { sizes.contains($0.bytes) || busy.contains($0.id) }
                }
                removed += step.removed
                place = step.next
            } while place != nil && !Task.isCancelled
        } catch {
            log.warning("the ledger forgets nothing now: \(error)")
        }
        if removed > 0 { log.info("jobs forgotten", metadata: ["jobs": "\(removed)"]) }
    }
}

/// The sizes of the files in drop folders. A job whose source has none of these sizes is not needed for any of these
/// files.
enum FileSizes {
    /// The sizes of all regular files below the folders. Links are not followed. Blocks.
    ///
    /// - Throws: `DropFolderError` if a folder cannot be read: its files are then unknown.
    static func below(_ folders: [String]) throws(DropFolderError) -> Set<Int64> {
        var sizes: Set<Int64> = []
        var open = folders
        while let folder = open.popLast() {
            guard let names = FileName.entries(of: folder) else {
                throw DropFolderError(folder: folder, action: "cannot be read", systemError: errno)
            }
            for name in names {
                var status = stat()
                let path = "\(folder)/\(name)"
                guard lstat(path.fileBytes, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFREG: sizes.insert(Int64(status.st_size))
                case S_IFDIR: open.append(path)
                default: break
                }
            }
        }
        return sizes
    }
}
