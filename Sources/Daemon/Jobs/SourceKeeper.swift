import DaemonConfiguration
import Files
import Foundation
import Glibc
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
            try makeFolder(folder, below: watch.done)
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
        try makeFolder(folder, below: watch.failed)
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

    /// Creates a folder of the watch's, where the one above it is there. Sticky: where the umask lets others write, they
    /// still cannot remove or replace what the daemon puts there.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path.fileBytes, 0o1777) == 0 || errno == EEXIST else { throw failure(path, "cannot be created") }
    }

    /// Creates `base`, where the folder above it is there, and what leads from it to `path`, if that lies below it. Links below
    /// `base` are refused: they could lead anywhere.
    static func makeFolder(_ path: String, below base: String) throws {
        guard path.hasPrefix(base + "/") else { return try makeFolder(path) }
        try makeFolder(base)
        var inner = base
        for name in path.dropFirst(base.count + 1).split(separator: "/") {
            inner += "/\(name)"
            try makeFolder(inner)
            var status = stat()
            guard lstat(inner.fileBytes, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw FileError(.cannotWrite, inner, "is no folder")
            }
        }
    }

    private static func failure(_ path: String, _ action: String) -> FileError {
        FileError(.cannotWrite, path, action, systemError: errno)
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
