import DaemonConfiguration
import Files
import Jobs

/// The outcomes of examining a drop folder's files, each valid while the file is unchanged.
struct FileOutcomes: Sendable {
    private struct Outcome {
        var stamp: FileStamp
        var state: FileReport.State
        var reason: String
        var job: Job.ID?
    }

    private var outcomes: [String: Outcome] = [:]

    mutating func record(_ file: DroppedFile, _ state: FileReport.State, _ reason: String, job: Job.ID? = nil) {
        outcomes[file.name] = Outcome(stamp: file.stamp, state: state, reason: reason, job: job)
    }

    /// Removes the outcomes of files that are gone.
    mutating func keep(_ files: [DroppedFile]) {
        guard outcomes.count > files.count else { return }
        let names = Set(files.map(\.name))
        outcomes = outcomes.filter { names.contains($0.key) }
    }

    func report(_ file: DroppedFile, settle: Double) -> FileReport {
        guard let outcome = outcomes[file.name], outcome.stamp == file.stamp else {
            return FileReport(
                name: file.name, bytes: file.stamp.size, state: .waiting,
                reason: "It is taken when it has been unchanged for \(settle) s and the files before it are taken.")
        }
        return FileReport(
            name: file.name, bytes: file.stamp.size, state: outcome.state, reason: outcome.reason, job: outcome.job)
    }
}

extension FileOutcomes {
    /// The state of the files in a drop folder, sorted by name, with the reasons. Blocks: lists the folder.
    ///
    /// - Parameter wanted: the path of one file below the folder; nil for all. The result is empty if the file does not
    ///   exist.
    /// - Throws: `FileError` if the folder cannot be read.
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

/// The state of a file in a drop folder, and why it is or is not annotated.
package struct FileReport: Sendable, Equatable, Encodable {
    package enum State: String, Sendable, CaseIterable, Encodable {
        /// The file is not taken as long as it is unchanged.
        case passedOver = "passed_over"
        /// The file has not been unchanged for long enough, or other files are taken first.
        case waiting
        /// The file is being examined.
        case reading
        /// The file was examined and will be examined again.
        case later
        /// The file is, or was, a job.
        case job
    }

    /// The path below the folder.
    package var name: String
    package var bytes: Int64?
    package var state: State
    /// One sentence.
    package var reason: String
    /// The number of the file's job.
    package var job: Int64?
}
