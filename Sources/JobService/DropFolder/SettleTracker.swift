/// Determines which files of a drop folder are complete: those that have been unchanged for long enough.
///
/// Times are monotonic and passed by the caller, so that jumps of the wall clock have no effect. A finished file is not
/// returned again until it changes (`touch` is a change).
struct SettleTracker {
    typealias Instant = ContinuousClock.Instant

    private enum Progress {
        case waiting
        /// The file is being ingested.
        case begun
        case done
    }

    private struct TrackedFile {
        var stamp: DroppedFile.Stamp
        /// When the file was first seen with this stamp.
        var since: Instant
        var progress = Progress.waiting
        var isMovedIn = false
        /// The file is not returned before this time.
        var postponedTo: Instant?
    }

    private let settle: Duration
    private var trackedFiles: [String: TrackedFile] = [:]

    /// - Parameter settle: for how long a file must be unchanged.
    init(settle: Duration) {
        self.settle = settle
    }

    /// Updates the files with a listing of the folder.
    ///
    /// - Parameter movedIn: names that were renamed into the folder since the last listing; these files are complete.
    /// - Returns: the files that are ready, sorted by name, each with how long it has been unchanged; and when the next
    ///   file becomes ready if it does not change.
    mutating func observe(
        _ files: [DroppedFile], movedIn: Set<String> = [], at now: Instant
    ) -> (ready: [(file: DroppedFile, age: Duration)], next: Instant?) {
        var current: [String: TrackedFile] = [:]
        var ready: [(file: DroppedFile, age: Duration)] = []
        var next: Instant?
        for file in files {
            var tracked = trackedFiles[file.name] ?? TrackedFile(stamp: file.stamp, since: now)
            if tracked.stamp != file.stamp { tracked = TrackedFile(stamp: file.stamp, since: now) }
            if movedIn.contains(file.name) { tracked.isMovedIn = true }
            if tracked.progress == .waiting {
                let due = tracked.postponedTo ?? (tracked.isMovedIn ? now : tracked.since + settle)
                if due <= now {
                    ready.append((file, now - tracked.since))
                } else {
                    next = next.map { min($0, due) } ?? due
                }
            }
            current[file.name] = tracked
        }
        trackedFiles = current
        return (ready, next)
    }

    /// Marks the file as being ingested: it is not returned meanwhile.
    mutating func begin(_ file: DroppedFile) {
        set(file) { $0.progress = .begun }
    }

    /// Marks the file as finished until it changes.
    mutating func finish(_ file: DroppedFile) {
        set(file) { $0.progress = .done }
    }

    /// Lets the file be returned again, but not before `instant`.
    mutating func postpone(_ file: DroppedFile, to instant: Instant) {
        set(file) {
            $0.progress = .waiting
            $0.postponedTo = instant
        }
    }

    private mutating func set(_ file: DroppedFile, _ change: (inout TrackedFile) -> Void) {
        guard var tracked = trackedFiles[file.name], tracked.stamp == file.stamp else { return }
        change(&tracked)
        trackedFiles[file.name] = tracked
    }
}
