import DaemonConfiguration

/// A drop folder's state between two scans: which files are ready, how many are being ingested, and when to scan again.
struct FolderScanState {
    var events: FolderEvents?
    /// Whether no scan has succeeded yet.
    private(set) var isFirst = true
    /// Why the last scan failed.
    var complaint: String?
    /// When to scan again, if no event causes an earlier scan.
    private(set) var next = ContinuousClock.now

    private let rescan: Duration
    private var tracker: SettleTracker
    private var ready: ArraySlice<(file: DroppedFile, age: Duration)> = []
    private var ingestCount = 0

    init(dropFolder: DropFolderSettings) {
        rescan = .seconds(dropFolder.rescan)
        tracker = SettleTracker(settle: .seconds(dropFolder.settle))
    }

    mutating func observe(_ files: [DroppedFile], movedIn: Set<String>) {
        let now = ContinuousClock.now
        let (ready, due) = tracker.observe(files, movedIn: movedIn, at: now)
        self.ready = ready[...]
        next = min(due ?? now + rescan, now + rescan)
        isFirst = false
    }

    /// Called when the folder cannot be read. It may come back as another folder, for which the current inotify watches
    /// are useless.
    mutating func fail(_ complaint: String) {
        self.complaint = complaint
        events = nil
        ready = []
        next = .now + rescan
    }

    /// The next file to ingest, with how long it has been unchanged; nil if none is ready, or `limit` files are being
    /// ingested.
    mutating func begin(atMost limit: Int) -> (file: DroppedFile, age: Duration)? {
        guard ingestCount < limit, let first = ready.popFirst() else { return nil }
        tracker.begin(first.file)
        ingestCount += 1
        return first
    }

    mutating func end(_ file: DroppedFile, _ end: IngestEnd) {
        ingestCount -= 1
        switch end {
        case .done:
            tracker.finish(file)
        case .later(let wait):
            let due = ContinuousClock.now + wait
            tracker.postpone(file, to: due)
            next = min(next, due)
        }
    }
}

/// How the ingest of one file ended.
enum IngestEnd: Sendable {
    /// The file is finished until it changes.
    case done
    /// The file is to be ingested again, after this time at the earliest.
    case later(Duration)
}
