import DaemonConfiguration
import Files
import FoundationEssentials
import Jobs

/// Moves or deletes the sources of ended jobs. Blocks.
enum SourceDisposal {
    /// Keeps, moves or deletes the source of a job that is done, as the drop folder's settings specify.
    ///
    /// - Parameter file: the annotated file. If another file has taken its name, that one is not touched.
    /// - Returns: the source's new path; nil if it was deleted.
    static func settle(_ file: HeldFile, dropFolder: DropFolderSettings) throws -> String? {
        switch dropFolder.source {
        case .keep:
            return file.path
        case .delete:
            try file.remove()
            return nil
        case .move:
            let folder = dropFolder.folder(dropFolder.done, for: file.path)
            try OutputFolders.create(folder, below: dropFolder.done)
            return try file.move(into: folder)
        }
    }

    /// Moves the source of a failed job to the drop folder's folder for failed sources, and writes the reason to a file
    /// beside it.
    ///
    /// - Parameter file: the job's source; nil if it is missing or was replaced: only the reason is written then.
    /// - Returns: the source's new path.
    static func setAside(
        _ job: Job, _ file: HeldFile?, _ failure: JobFailure, dropFolder: DropFolderSettings, at now: Date
    ) throws -> String {
        let folder = dropFolder.folder(dropFolder.failed, for: file?.path ?? job.source)
        try OutputFolders.create(folder, below: dropFolder.failed)
        let path = try file?.move(into: folder) ?? job.source
        let record = FailureRecord(
            job: job.id, source: job.source, code: failure.code, message: failure.message, attempts: job.attempts,
            time: now)
        let encoder = JSONEncoder.sorted(.pretty)
        encoder.dateEncodingStrategy = .iso8601
        let name = FileName.split(path).name
        let recordFile = try AtomicFile("\(folder)/\(name).error.json", replacing: true)
        try recordFile.write(Array(encoder.encode(record)) + [UInt8(ascii: "\n")])
        try recordFile.commit()
        return path
    }

    /// `NAME.error.json`
    private struct FailureRecord: Encodable {
        var job: Int64
        var source: String
        var code: String
        var message: String
        var attempts: Int
        var time: Date
    }
}
