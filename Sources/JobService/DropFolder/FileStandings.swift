import DaemonConfiguration
import Files
import Jobs

/// What a drop folder's looks at its files came to, for as long as they stay as they are.
struct FileStandings: Sendable {
    private struct Standing {
        var stamp: FileStamp
        var state: FileReport.State
        var reason: String
        var job: Job.ID?
    }

    private var standings: [String: Standing] = [:]

    mutating func note(_ file: DroppedFile, _ state: FileReport.State, _ reason: String, job: Job.ID? = nil) {
        standings[file.name] = Standing(stamp: file.stamp, state: state, reason: reason, job: job)
    }

    /// Forgets files that are gone.
    mutating func keep(_ files: [DroppedFile]) {
        guard standings.count > files.count else { return }
        let names = Set(files.map(\.name))
        standings = standings.filter { names.contains($0.key) }
    }

    func report(_ file: DroppedFile, settle: Double) -> FileReport {
        guard let standing = standings[file.name], standing.stamp == file.stamp else {
            return FileReport(
                name: file.name, bytes: file.stamp.size, state: .waiting,
                reason: "It is taken when it has stayed as it is for \(settle) s and those before it are taken.")
        }
        return FileReport(
            name: file.name, bytes: file.stamp.size, state: standing.state, reason: standing.reason, job: standing.job)
    }
}

extension FileStandings {
    /// What becomes of the files in a drop folder, by name, and why. Blocks: looks at the folder.
    ///
    /// - Parameter wanted: the path of one below the folder; nil for all. Nothing is returned for one that is not there.
    /// - Throws: `FileError` for a folder that cannot be read.
    func reports(_ dropFolder: DropFolderSettings, _ wanted: String? = nil) throws(FileError) -> [FileReport] {
        let listing = try DropFolderListing(dropFolder, keepsPassedOver: true)
        var reports: [FileReport] = []
        for (name, reason) in listing.passedOver {
            if wanted == nil || wanted == name {
                reports.append(FileReport(name: name, state: .passedOver, reason: "It is not taken: \(reason)."))
            } else if let wanted, wanted.hasPrefix(name + "/") {
                reports.append(
                    FileReport(
                        name: wanted, state: .passedOver, reason: "It is not taken, for its folder \(name): \(reason).")
                )
            }
        }
        reports += listing.files.filter { wanted == nil || $0.name == wanted }.map {
            report($0, settle: dropFolder.settle)
        }
        return reports.sorted { $0.name < $1.name }
    }
}

/// What becomes of a file in a drop folder, and why: for those who ask why it is not annotated.
package struct FileReport: Sendable, Equatable, Encodable {
    package enum State: String, Sendable, CaseIterable, Encodable {
        /// It is never taken as it is.
        case passedOver = "passed_over"
        /// It has not stayed as it is for long enough, or others are taken before it.
        case waiting
        /// It is being examined.
        case reading
        /// It was looked at and will be again.
        case later
        /// It is, or was, a job.
        case job
    }

    /// Its path below the folder.
    package var name: String
    package var bytes: Int64?
    package var state: State
    /// One sentence.
    package var reason: String
    /// The number of its job.
    package var job: Int64?
}
