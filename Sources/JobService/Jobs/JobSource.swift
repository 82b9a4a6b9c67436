import DaemonConfiguration
import Files
import Jobs

/// Finds the files that jobs are to read: by their content, not by their name alone.
package struct JobSource: Sendable {
    package let contents: ContentRegistry
    package let dropFolders: DropFolderRegistry

    package init(
        contents: ContentRegistry, dropFolders: DropFolderRegistry
    ) {
        self.contents = contents
        self.dropFolders = dropFolders
    }

    /// Opens the file of a job.
    package func open(_ job: Job, isCancelled: () -> Bool = { false }) throws -> HeldFile {
        try open(job.source, content: job.key.content, isCancelled: isCancelled)
    }

    /// Opens the file with a content: at `path` or, if that is another file by now, where the content was seen since. Blocks; reads
    /// the file whole unless it is known.
    ///
    /// - Parameter isCancelled: asked now and then while a file is read; what it stops throws `CancellationError`.
    /// - Throws: `SourceError` where it is not found, `FileError` where it may not be read.
    package func open(_ path: String, content: String, isCancelled: () -> Bool = { false }) throws -> HeldFile {
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

    /// The regular file of a path; nil where there is none. Below a drop folder no link is followed, elsewhere not the last.
    ///
    /// - Throws: `SourceError` for a drop folder that cannot be read.
    package func file(_ path: String) throws -> HeldFile? {
        for dropFolder in dropFolders.all {
            guard let relative = dropFolder.relativePath(path) else { continue }
            guard let folder = try? HeldFolder(dropFolder.folder) else { throw SourceError(.folder, dropFolder.folder) }
            return try folder.file(relative)
        }
        let (parent, name) = FileName.split(path)
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
    package func folder(_ other: String, for path: String) -> String {
        let parent = FileName.split(relativePath(path) ?? "").folder.dropLast()
        return parent.isEmpty ? other : "\(other)/\(parent)"
    }
}

/// Why the file that a job is to read is not there to be read.
struct SourceError: Error, Sendable, Equatable {
    /// Raw values go into the ledger.
    enum Code: String, Sendable {
        case gone = "sourceGone"
        /// Another file has its name.
        case replaced = "sourceReplaced"
        /// It is being written to.
        case changed = "sourceChanged"
        /// The drop folder that it lies in cannot be read.
        case folder = "sourceFolder"
    }

    var code: Code
    var path: String

    init(_ code: Code, _ path: String) {
        self.code = code
        self.path = path
    }

    /// Whether a failure with this code says that the file was not found, so that finding it makes the job possible again.
    static func saysMissing(_ code: String?) -> Bool {
        code.flatMap(Code.init) != nil
    }
}

extension SourceError: CustomStringConvertible {
    var description: String {
        switch code {
        case .gone: "\(path): the file is no longer there (links are not followed); put it back, and its job continues"
        case .replaced: "\(path): another file has taken its place; put the first one back, and its job continues"
        case .folder: "\(path): the drop folder cannot be read; its jobs wait until it can"
        case .changed: "\(path): was written to while it was read"
        }
    }
}
