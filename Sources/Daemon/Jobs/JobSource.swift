import DaemonConfiguration
import Files
import Jobs

/// Finds the files that jobs are to read: by their content, not by their name alone.
struct JobSource: Sendable {
    let contents: ContentBook
    let watches: DropFolderRegistry

    /// Opens the file of a job.
    func open(_ job: Job, isCancelled: () -> Bool = { false }) throws -> HeldFile {
        try open(job.source, content: job.key.content, isCancelled: isCancelled)
    }

    /// Opens the file with a content: at `path` or, if that is another file by now, where the content was seen since. Blocks; reads
    /// the file whole unless it is known.
    ///
    /// - Parameter isCancelled: asked now and then while a file is read; what it stops throws `CancellationError`.
    /// - Throws: `SourceError` where it is not found, `FileError` where it may not be read.
    func open(_ path: String, content: String, isCancelled: () -> Bool = { false }) throws -> HeldFile {
        let first = try file(path)
        if let first, try contents.content(of: first, isCancelled: isCancelled) == content { return first }
        if let place = contents.place(of: content), place != path, let other = try? file(place),
            try contents.content(of: other, isCancelled: isCancelled) == content
        {
            return other
        }
        throw SourceError(first == nil ? .gone : .replaced, path)
    }

    /// Whether the file with a job's content lies where the ledger says. Blocks.
    func isInPlace(_ job: Job, isCancelled: () -> Bool) throws -> Bool {
        guard let file = try? file(job.source) else { return false }
        return try contents.content(of: file, isCancelled: isCancelled) == job.key.content
    }

    /// The regular file of a path; nil where there is none. Below a watched folder no link is followed, elsewhere not the last.
    ///
    /// - Throws: `SourceError` for a watched folder that cannot be read.
    func file(_ path: String) throws -> HeldFile? {
        for watch in watches.all {
            guard let relative = watch.relativePath(path) else { continue }
            guard let folder = try? HeldFolder(watch.folder) else { throw SourceError(.folder, watch.folder) }
            return try folder.file(relative)
        }
        let (parent, name) = StagedName.split(path)
        return try (try? HeldFolder(parent))?.file(name)
    }
}

extension DropFolderSettings {
    /// "day/clip.mp4" for "FOLDER/day/clip.mp4"; nil for what does not lie below the folder.
    func relativePath(_ path: String) -> String? {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    /// Where a file below the folder belongs in another: "FOLDER/day/clip.mp4" in "OTHER/day".
    func folder(_ other: String, for path: String) -> String {
        let parent = StagedName.split(relativePath(path) ?? "").folder.dropLast()
        return parent.isEmpty ? other : "\(other)/\(parent)"
    }
}
