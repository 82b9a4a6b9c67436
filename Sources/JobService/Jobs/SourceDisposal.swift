import DaemonConfiguration
import Files
import FoundationEssentials
import Jobs

/// What becomes of sources when their jobs are over. Blocks.
enum SourceDisposal {
    /// After the annotated video is complete: kept, moved or deleted, as the drop folder says.
    ///
    /// - Parameter file: the one that was annotated. Another one that has its name by now is left alone.
    /// - Returns: where the source lies now; nil if it is deleted.
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

    /// Moves the source of a job that has failed to the folder that its drop folder has for those, and writes down why
    /// beside it.
    ///
    /// - Parameter file: the one that failed; nil if it is no longer there, or another one is: only the reason is written down then.
    /// - Returns: where the source lies now.
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
        let name = StagedName.split(path).name
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
