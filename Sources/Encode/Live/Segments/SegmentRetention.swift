import CFFmpeg
import Glibc
import Media

/// Removes a camera's oldest segments beyond an age or a total size.
///
/// Only regular files with names of the camera's segments, in the folders of their days, are removed; never the newest.
/// A file's age counts from the later of the time in its name and its modification time, so that an error in one of
/// them does not cause a removal.
public struct SegmentRetention: Sendable {
    /// The result of removing segments.
    public struct Removal: Sendable, Equatable {
        public var paths: [String] = []
        public var bytes = 0
        /// The number of files that were too old; the others exceeded the total size.
        public var tooOld = 0
        /// The errors of files that could not be removed.
        public var failures: [MediaError] = []

        public init() {}
    }

    private struct Candidate {
        var name: SegmentName
        var day: String
        var bytes: Int
        /// The later of its end and its modification time, in seconds since 1970.
        var date: Double
    }

    private let settings: SegmentSettings

    public init(_ settings: SegmentSettings) {
        self.settings = settings
    }

    /// Removes files beyond the limits, and empty day folders.
    ///
    /// - Parameter now: seconds since 1970; nil if no time is trusted, and then no file is too old.
    /// - Throws: `MediaError` if the folder cannot be read.
    public func apply(now: Double?) throws(MediaError) -> Removal {
        let root = try OpenFolder(settings.folder)
        var removal = Removal()
        var candidates = candidates(in: root)
        candidates.sort { ($0.date, $0.name) < ($1.date, $1.name) }
        var total = candidates.reduce(0) { $0 + $1.bytes }
        for candidate in candidates.dropLast() {
            let age = now.map { $0 - candidate.date } ?? -.infinity
            let isOld = settings.maximumAge.map { age > $0 } ?? false
            let isTooMuch = settings.maximumBytes.map { total > $0 } ?? false
            guard isOld || isTooMuch else { break }
            guard let day = OpenFolder(candidate.day, in: root) else { continue }
            let path = "\(settings.folder)/\(candidate.day)/\(candidate.name.text)"
            let status = day.remove(candidate.name.text)
            if status == ENOENT {
                total -= candidate.bytes
                continue
            }
            guard status == 0 else {
                removal.failures.append(
                    MediaError(
                        .cannotWrite, "cannot be removed", underlyingCode: saliency_averror(status), file: path))
                continue
            }
            total -= candidate.bytes
            removal.paths.append(path)
            if isOld { removal.tooOld += 1 }
            removal.bytes += candidate.bytes
        }
        if let now { removeEmptyDays(in: root, now: now) }
        return removal
    }

    /// Removes the incomplete segments that a killed process left behind.
    ///
    /// Call it when the camera's segments are not being written: at the start.
    ///
    /// - Returns: the removed files' paths.
    /// - Throws: `MediaError` if the folder cannot be read.
    public func removeStaged() throws(MediaError) -> [String] {
        let root = try OpenFolder(settings.folder)
        var removed: [String] = []
        for day in root.names() where Self.isDay(day) {
            guard let folder = OpenFolder(day, in: root) else { continue }
            for text in folder.names() {
                guard SegmentName(staged: text, camera: settings.name) != nil, folder.size(of: text) != nil,
                    folder.remove(text) == 0
                else { continue }
                removed.append("\(settings.folder)/\(day)/\(text)")
            }
        }
        return removed
    }

    private func candidates(in root: borrowing OpenFolder) -> [Candidate] {
        var candidates: [Candidate] = []
        for day in root.names() where Self.isDay(day) {
            guard let folder = OpenFolder(day, in: root) else { continue }
            for text in folder.names() {
                guard let name = SegmentName(text, camera: settings.name), name.day == day,
                    let file = folder.file(text)
                else { continue }
                candidates.append(
                    Candidate(
                        name: name, day: day, bytes: file.bytes, date: max(name.start + settings.length, file.written)))
            }
        }
        return candidates
    }

    /// Removes empty folders of days before yesterday, into which nothing is written any more.
    private func removeEmptyDays(in root: borrowing OpenFolder, now: Double) {
        let yesterday = UTCTime(now - 86_400).day
        for day in root.names() where Self.isDay(day) && day < yesterday {
            // Has no effect on a folder with entries, or on a link.
            _ = root.remove(day, isFolder: true)
        }
    }

    /// Whether a name is that of a day's folder: "2026-11-26".
    private static func isDay(_ name: String) -> Bool {
        UTCTime(compact: name.filter { $0 != "-" } + "T000000Z")?.day == name
    }
}
