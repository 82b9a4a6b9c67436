/// Which files of a drop folder are complete: those that stayed as they are for long enough.
///
/// Time is monotonic and handed in; the wall clock may jump. A file that was dealt with is not offered again until it
/// changes (`touch` is a change).
struct SettleTracker {
    typealias Instant = ContinuousClock.Instant

    private enum Progress {
        case waiting
        /// Being dealt with.
        case begun
        case done
    }

    private struct Sighting {
        var stamp: DroppedFile.Stamp
        /// When the file was first seen as it is.
        var since: Instant
        var progress = Progress.waiting
        var isMovedIn = false
        /// Not to be offered before.
        var postponedTo: Instant?
    }

    private let settle: Duration
    private var sightings: [String: Sighting] = [:]

    /// - Parameter settle: for how long a file has to stay as it is.
    init(settle: Duration) {
        self.settle = settle
    }

    /// Takes in one look at the folder.
    ///
    /// - Parameter movedIn: names that were renamed into the folder since the last look: complete as they are.
    /// - Returns: files that are ready, by name, each with how long it has been as it is; and when the next becomes ready
    ///   if it stays as it is.
    mutating func observe(
        _ files: [DroppedFile], movedIn: Set<String> = [], at now: Instant
    ) -> (ready: [(file: DroppedFile, age: Duration)], next: Instant?) {
        var current: [String: Sighting] = [:]
        var ready: [(file: DroppedFile, age: Duration)] = []
        var next: Instant?
        for file in files {
            var sighting = sightings[file.name] ?? Sighting(stamp: file.stamp, since: now)
            if sighting.stamp != file.stamp { sighting = Sighting(stamp: file.stamp, since: now) }
            if movedIn.contains(file.name) { sighting.isMovedIn = true }
            if sighting.progress == .waiting {
                let due = sighting.postponedTo ?? (sighting.isMovedIn ? now : sighting.since + settle)
                if due <= now {
                    ready.append((file, now - sighting.since))
                } else {
                    next = next.map { min($0, due) } ?? due
                }
            }
            current[file.name] = sighting
        }
        sightings = current
        return (ready, next)
    }

    /// The file is being dealt with as it is: it is not offered meanwhile.
    mutating func begin(_ file: DroppedFile) {
        set(file) { $0.progress = .begun }
    }

    /// The file needs no more attention as it is.
    mutating func finish(_ file: DroppedFile) {
        set(file) { $0.progress = .done }
    }

    /// The file is to be offered again, as it is, but not before.
    mutating func postpone(_ file: DroppedFile, to instant: Instant) {
        set(file) {
            $0.progress = .waiting
            $0.postponedTo = instant
        }
    }

    private mutating func set(_ file: DroppedFile, _ change: (inout Sighting) -> Void) {
        guard var sighting = sightings[file.name], sighting.stamp == file.stamp else { return }
        change(&sighting)
        sightings[file.name] = sighting
    }
}
