import DaemonConfiguration
import Files
import Jobs

/// Finds the source files of jobs by their content, not only by their name.
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

    /// Opens the file with a content: at `path` or, if that is now another file, where the content was last seen.
    /// Blocks; reads the whole file unless its hash is known.
    ///
    /// - Parameter isCancelled: called repeatedly while a file is read; if true, `CancellationError` is thrown.
    /// - Throws: `SourceError` if the file is not found, `FileError` if it may not be read.
    package func open(_ path: String, content: String, isCancelled: () -> Bool = { false }) throws -> HeldFile {
        let first = try file(path)
        if let first, try contents.content(of: first, isCancelled: isCancelled) == content { return first }
        if let place = contents.location(of: content), place != path, let other = try? file(place),
            try contents.content(of: other, isCancelled: isCancelled) == content
        {
            return other
        }
        throw SourceError(first == nil ? .gone : .replaced, path)
    }

    /// Whether the file with a job's content is at the path in the ledger. Blocks.
    func isInPlace(_ job: Job, isCancelled: () -> Bool) throws -> Bool {
        guard let file = try? file(job.source) else { return false }
        return try contents.content(of: file, isCancelled: isCancelled) == job.key.content
    }

    /// The regular file at a path; nil if there is none. Below a drop folder no links are followed; elsewhere only the
    /// last component must not be a link.
    ///
    /// - Throws: `SourceError` if the drop folder cannot be read.
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
    /// "day/clip.mp4" for "FOLDER/day/clip.mp4"; nil if the path is not below the folder.
    func relativePath(_ path: String) -> String? {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    /// The subfolder of another folder for a file below the drop folder: "OTHER/day" for "FOLDER/day/clip.mp4".
    package func folder(_ other: String, for path: String) -> String {
        let parent = FileName.split(relativePath(path) ?? "").folder.dropLast()
        return parent.isEmpty ? other : "\(other)/\(parent)"
    }
}

/// Why a job's source file cannot be read.
struct SourceError: Error, Sendable, Equatable {
    /// Raw values are stored in the ledger.
    enum Code: String, Sendable {
        case gone = "sourceGone"
        /// Another file has the name.
        case replaced = "sourceReplaced"
        /// The file is being written to.
        case changed = "sourceChanged"
        /// The file's drop folder cannot be read.
        case folder = "sourceFolder"
    }

    var code: Code
    var path: String

    init(_ code: Code, _ path: String) {
        self.code = code
        self.path = path
    }

    /// Whether a failure with this code means that the file was not found, so that the job can continue when it is.
    static func meansMissing(_ code: String?) -> Bool {
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
