import Files
import Foundation
import Glibc
import Jobs

/// What becomes of sources when their jobs are over. Blocks.
enum SourceKeeper {
    /// After the annotated video is complete: kept, moved or deleted, as the watch says.
    ///
    /// - Parameter content: the SHA-256 that was annotated. A file that has become another one is left alone.
    /// - Returns: where the source lies now; nil if it is deleted.
    static func settle(_ source: String, content: String, watch: WatchSettings) throws -> String? {
        guard watch.source != .keep else { return source }
        guard try ContentHash.of(source) == content else {
            throw FileError(.cannotOpen, source, "changed while it was annotated, so it stays where it is")
        }
        if watch.source == .delete {
            guard unlink(source.fileBytes) == 0 else { throw failure(source, "cannot be deleted") }
            return nil
        }
        try makeFolder(watch.done)
        return try FileMove.move(source, into: watch.done)
    }

    /// Moves the source of a job that has failed to the watch's folder for those, and writes down why beside it. A file
    /// that has become another one, a corrected one say, stays: only the reason is written down.
    ///
    /// - Returns: where the source lies now.
    static func setAside(_ job: Job, _ failure: JobFailure, watch: WatchSettings, at now: Date) throws -> String {
        try makeFolder(watch.failed)
        let isThere = (try? ContentHash.of(job.source)) == job.key.content
        let path = isThere ? try FileMove.move(job.source, into: watch.failed) : job.source
        let record = FailureRecord(
            job: job.id, source: job.source, code: failure.code, message: failure.message, attempts: job.attempts,
            time: now)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let name = StagedName.split(path).name
        let file = try AtomicFile("\(watch.failed)/\(name).error.json", replacing: true)
        try file.write(Array(encoder.encode(record)) + [UInt8(ascii: "\n")])
        try file.commit()
        return path
    }

    /// Creates a folder of the watch's, where the one above it is there. Sticky: where the umask lets others write, they
    /// still cannot remove or replace what the daemon puts there.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path.fileBytes, 0o1777) == 0 || errno == EEXIST else { throw failure(path, "cannot be created") }
    }

    private static func failure(_ path: String, _ action: String) -> FileError {
        FileError(.cannotWrite, path, "\(action): \(String(cString: strerror(errno)))")
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
