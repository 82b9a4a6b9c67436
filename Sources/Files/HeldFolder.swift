import Glibc

/// A folder held open. Names are resolved below it only: links are not followed, and another folder that replaces it at
/// its path has no effect.
public final class HeldFolder: Sendable {
    public let path: String
    let descriptor: Int32

    /// - Parameter path: may contain links, which are followed: the user who names a folder means their target.
    /// - Throws: `FileError.Code.cannotOpen`.
    public convenience init(_ path: String) throws(FileError) {
        let descriptor = open(path.fileBytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.cannotOpen, path, "cannot be read", systemError: errno) }
        self.init(path, descriptor)
    }

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// A folder in this one.
    ///
    /// - Returns: nil if there is no such folder; a link does not count as one.
    /// - Throws: `FileError.Code.cannotOpen` if it may not be read.
    public func folder(_ name: String) throws(FileError) -> HeldFolder? {
        guard Self.isName(name) else { return nil }
        let inner = openat(descriptor, name.fileBytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else {
            if Self.isAbsent(errno) { return nil }
            throw FileError(.cannotOpen, self.path(of: name), "cannot be read", systemError: errno)
        }
        return HeldFolder(self.path(of: name), inner)
    }

    /// A folder below this one.
    ///
    /// - Parameter relative: names separated by slashes; empty for this folder itself.
    public func folder(below relative: String) throws(FileError) -> HeldFolder? {
        var folder = self
        guard !relative.isEmpty else { return folder }
        for name in relative.split(separator: "/", omittingEmptySubsequences: false) {
            guard let inner = try folder.folder(String(name)) else { return nil }
            folder = inner
        }
        return folder
    }

    /// Opens a regular file below the folder.
    ///
    /// - Parameter relative: names separated by slashes, such as "day/clip.mp4".
    /// - Returns: nil if there is no such file; links are neither opened nor followed.
    /// - Throws: `FileError.Code.cannotOpen` if it may not be read.
    public func file(_ relative: String) throws(FileError) -> HeldFile? {
        let (above, name) = FileName.split(relative)
        guard Self.isName(name), let parent = try folder(below: String(above.dropLast())) else { return nil }
        // O_NONBLOCK: opening a pipe without a writer must not block; the flag has no effect on regular files.
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let opened = openat(parent.descriptor, name.fileBytes, flags)
        guard opened >= 0 else {
            if Self.isAbsent(errno) { return nil }
            throw FileError(.cannotOpen, self.path(of: relative), "cannot be opened", systemError: errno)
        }
        return HeldFile(opened, name: name, in: parent)
    }

    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// The names in the folder, including hidden ones, in no particular order.
    public func names() throws(FileError) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let directory = fdopendir(copy) else {
            let failure = errno
            if copy >= 0 { close(copy) }
            throw FileError(.cannotOpen, path, "cannot be read", systemError: failure)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in FileName.string(bytes.prefix { $0 != 0 }) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The entry of this name in the folder; nil if there is none.
    public func entry(_ name: String) -> FolderEntry? {
        var status = stat()
        guard fstatat(descriptor, name.fileBytes, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(FileStamp(status))
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }

    private static func isName(_ name: String) -> Bool { !["", ".", ".."].contains(name) && !name.contains("/") }

    /// A link results in ELOOP or, with O_DIRECTORY, ENOTDIR; a socket in ENXIO.
    private static func isAbsent(_ systemError: Int32) -> Bool {
        [ENOENT, ENOTDIR, ELOOP, ENXIO, ENAMETOOLONG].contains(systemError)
    }
}

/// The kind of an entry in a folder.
public enum FolderEntry: Sendable, Hashable {
    case file(FileStamp)
    case folder
    /// A symbolic link to anything.
    case link
    /// A pipe, a socket or a device.
    case other
}
