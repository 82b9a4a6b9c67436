import DaemonConfiguration
import Files
import Foundation
import Jobs

/// What becomes of sources when their jobs are over. Blocks.
enum SourceKeeper {
    /// After the annotated video is complete: kept, moved or deleted, as the watch says.
    ///
    /// - Parameter file: the one that was annotated. Another one that has its name by now is left alone.
    /// - Returns: where the source lies now; nil if it is deleted.
    static func settle(_ file: HeldFile, watch: DropFolderSettings) throws -> String? {
        switch watch.source {
        case .keep:
            return file.path
        case .delete:
            try file.remove()
            return nil
        case .move:
            let folder = watch.folder(watch.done, for: file.path)
            try OutputFolders.create(folder, below: watch.done)
            return try file.move(into: folder)
        }
    }

    /// Moves the source of a job that has failed to the watch's folder for those, and writes down why beside it.
    ///
    /// - Parameter file: the one that failed; nil if it is no longer there, or another one is: only the reason is written down then.
    /// - Returns: where the source lies now.
    static func setAside(
        _ job: Job, _ file: HeldFile?, _ failure: JobFailure, watch: DropFolderSettings, at now: Date
    ) throws -> String {
        let folder = watch.folder(watch.failed, for: file?.path ?? job.source)
        try OutputFolders.create(folder, below: watch.failed)
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
