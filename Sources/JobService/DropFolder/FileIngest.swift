import Concurrency
import DaemonConfiguration
import Decode
import Encode
import Files
import Glibc
import Jobs
import Pipeline

/// Examines a settled file and enters it into the ledger.
package struct FileIngest: Sendable {
    package enum Outcome: Sendable {
        case admitted(Admission)
        /// The file was annotated by this program.
        case ownOutput
        /// The file is probably still being written.
        case incomplete(String)
    }

    package let store: JobStore
    /// The network's content hash, which is part of a job's identity.
    let modelHash: String
    let sources: JobSource

    package init(
        store: JobStore, modelHash: String, sources: JobSource
    ) {
        self.store = store
        self.modelHash = modelHash
        self.sources = sources
    }

    /// - Parameter mayBeIncomplete: whether a file that does not open as video may still be incomplete; otherwise it
    ///   becomes a job, whose failure states what is wrong with it.
    package func ingest(_ file: DroppedFile, of dropFolder: DropFolderSettings, mayBeIncomplete: Bool) async throws
        -> Outcome
    {
        let path = "\(dropFolder.folder)/\(file.name)"
        let content: String
        switch try await blocking({ try examine(file, in: dropFolder, mayBeIncomplete: mayBeIncomplete, $0) }) {
        case .outcome(let outcome): return outcome
        case .content(let found): content = found
        }
        let key = JobKey(
            content: content, model: modelHash,
            options: dropFolder.annotation.canonical)
        let request = JobRequest(
            key: key, bytes: file.stamp.size, dropFolder: dropFolder.name, source: path,
            output: Self.output(file.name, dropFolder, dropFolder.annotation.container), priority: dropFolder.priority)
        return .admitted(try await admit(request, file, dropFolder))
    }

    private func admit(_ request: JobRequest, _ file: DroppedFile, _ dropFolder: DropFolderSettings) async throws
        -> Admission
    {
        if !dropFolder.reannotates, let earlier = try await earlier(request, file, dropFolder) {
            return .known(earlier)
        }
        let admission = try await store { ledger throws(LedgerError) in try ledger.admit(request) }
        guard case .known(let job) = admission else { return admission }
        if isAnnotatedAgain(job, file) {
            return try await store { ledger throws(LedgerError) in try ledger.admit(request, again: true) }
        }
        guard try await isMissing(job, at: request.source) else { return admission }
        return .known(try await store { ledger throws(LedgerError) in try ledger.follow(job.id, request) })
    }

    /// An earlier job of the same file with other options or another network: changed options apply only to new files.
    private func earlier(_ request: JobRequest, _ file: DroppedFile, _ dropFolder: DropFolderSettings) async throws
        -> Job?
    {
        let jobs = try await store { ledger throws(LedgerError) in try ledger.jobs(content: request.key.content) }
        guard !jobs.contains(where: { $0.key == request.key }) else { return nil }
        for job in jobs {
            guard try await isMissing(job, at: request.source) else { continue }
            var request = request
            request.output = Self.output(
                file.name, dropFolder, try AnnotationSettings.decode(canonical: job.key.options).container)
            return try await store { [request] ledger throws(LedgerError) in try ledger.follow(job.id, request) }
        }
        return jobs.first { $0.dropFolder == dropFolder.name && file.isOlder(than: $0) && !isAnnotatedAgain($0, file) }
    }

    /// Whether content that was dropped before is to be annotated again: its output is gone; or the job failed, and the
    /// file was put here or touched after that, or the job failed because the file was not found.
    private func isAnnotatedAgain(_ job: Job, _ file: DroppedFile) -> Bool {
        switch job.state {
        case .queued, .running: return false
        case .done: return access(job.output.fileBytes, F_OK) != 0
        case .failed, .quarantined, .cancelled:
            if job.state == .failed, SourceError.meansMissing(job.failure?.code) { return true }
            let ended = (job.finishedAt?.timeIntervalSince1970 ?? 0) * 1e9
            return Double(file.stamp.changedNanoseconds) > ended
        }
    }

    /// Whether a queued or running job cannot find its file, because it was renamed, moved or put back since.
    private func isMissing(_ job: Job, at path: String) async throws -> Bool {
        guard [.queued, .running].contains(job.state) else { return false }
        if job.source == path { return job.state == .queued && SourceError.meansMissing(job.failure?.code) }
        return try await !blocking { cancellation in
            try sources.isInPlace(job) { cancellation.isCancelled }
        }
    }

    private enum Examination: Sendable {
        case outcome(Outcome)
        case content(String)
    }

    /// Checks first whether the file is a video: while it may still be incomplete, a file that is not need not be read
    /// to its end.
    private func examine(
        _ dropped: DroppedFile, in dropFolder: DropFolderSettings, mayBeIncomplete: Bool, _ cancellation: Cancellation
    ) throws -> Examination {
        guard let file = try HeldFolder(dropFolder.folder).file(dropped.name), file.stamp == dropped.stamp else {
            return .outcome(.incomplete("changed since it was seen"))
        }
        do {
            let source = try SourceOpener.open(file.path, held: file, cancellation: cancellation)
            if source.properties.comment?.hasPrefix(VideoWriter.mark) == true { return .outcome(.ownOutput) }
        } catch {
            if mayBeIncomplete { return .outcome(.incomplete(error.description)) }
        }
        do {
            return .content(try sources.contents.content(of: file) { cancellation.isCancelled })
        } catch let error as SourceError {
            return .outcome(.incomplete(error.description))
        }
    }

    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await DedicatedThread.run(name: "intake", onCancel: { cancellation.cancel() }) {
            try body(cancellation)
        }
    }

    /// "day/clip.mov" → "OUTPUT/day/clip.saliency.mp4"
    ///
    /// - Parameter path: the file's path below the drop folder.
    package static func output(_ path: String, _ dropFolder: DropFolderSettings, _ container: OutputContainer) -> String
    {
        let (folder, name) = FileName.split(path)
        let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
        return "\(dropFolder.output)/\(folder)\(name[..<dot]).saliency.\(container.rawValue)"
    }
}

extension DroppedFile {
    /// Whether the file is unchanged since the last change of the job's state, so that it is the job's own file.
    fileprivate func isOlder(than job: Job) -> Bool {
        let last = [job.createdAt, job.startedAt, job.finishedAt].compactMap { $0 }.max() ?? job.createdAt
        // The ledger's times are whole milliseconds, rounded.
        return Double(stamp.changedNanoseconds) / 1e9 < last.timeIntervalSince1970 + 0.001
    }
}
