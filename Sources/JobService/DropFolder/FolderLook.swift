import DaemonConfiguration

/// What a drop folder's loop knows of its files between two looks: which are ready, which are being taken, and when to look again.
struct FolderLook {
    var events: FolderEvents?
    /// Whether there was none yet.
    private(set) var isFirst = true
    /// Why the last one failed.
    var complaint: String?
    /// When to look again, if nothing happens before.
    private(set) var next = ContinuousClock.now

    private let rescan: Duration
    private var tracker: SettleTracker
    private var ready: ArraySlice<(file: DroppedFile, age: Duration)> = []
    private var beingTaken = 0

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

    /// The folder cannot be read. It may come back as another one, of which the hints so far tell nothing.
    mutating func fail(_ complaint: String) {
        self.complaint = complaint
        events = nil
        ready = []
        next = .now + rescan
    }

    /// The next file to be taken, with how long it has been as it is; nil if none is ready, or `most` are being taken.
    mutating func begin(atMost most: Int) -> (file: DroppedFile, age: Duration)? {
        guard beingTaken < most, let first = ready.popFirst() else { return nil }
        tracker.begin(first.file)
        beingTaken += 1
        return first
    }

    mutating func end(_ file: DroppedFile, _ end: TakeEnd) {
        beingTaken -= 1
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

/// How the look at one file ended.
enum TakeEnd: Sendable {
    /// The file needs no more attention as it is.
    case done
    /// It is to be looked at again, after this long at the earliest.
    case later(Duration)
}
