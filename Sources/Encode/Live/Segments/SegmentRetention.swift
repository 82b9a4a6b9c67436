import CFFmpeg
import Glibc
import Media

/// Removes a camera's oldest segments beyond an age or a total size.
///
/// Only regular files whose names the camera's own segments have, in folders of their day; never the newest. A file is as old as
/// the younger of its name's time and the time at which it was written: neither clock removes anything on its own, whatever it said.
public struct SegmentRetention: Sendable {
    /// What was removed.
    public struct Removal: Sendable, Equatable {
        public var paths: [String] = []
        public var bytes = 0
        /// How many of them were too old; the others were too much.
        public var tooOld = 0
        /// What could not be removed.
        public var failures: [MediaError] = []

        public init() {}
    }

    private struct Candidate {
        var name: SegmentName
        var day: String
        var bytes: Int
        /// When it ended, in seconds since 1970.
        var date: Double
    }

    private let settings: SegmentSettings

    public init(_ settings: SegmentSettings) {
        self.settings = settings
    }

    /// Removes what is beyond the limits, and folders of days that have nothing left in them.
    ///
    /// - Parameter now: seconds since 1970; nil if no time is certain, when nothing is too old.
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

    /// Removes what a killed process left of segments that it was writing.
    ///
    /// To be called when nobody writes the camera's segments: at the start.
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

    /// Days that are over by more than one: nobody is about to write into their folders.
    private func removeEmptyDays(in root: borrowing OpenFolder, now: Double) {
        let yesterday = UTCTime(now - 86_400).day
        for day in root.names() where Self.isDay(day) && day < yesterday {
            // Does nothing to a folder that has something in it, nor to a link.
            _ = root.remove(day, isFolder: true)
        }
    }

    /// Whether a name is that of a day's folder: "2026-11-26".
    private static func isDay(_ name: String) -> Bool {
        UTCTime(compact: name.filter { $0 != "-" } + "T000000Z")?.day == name
    }
}
