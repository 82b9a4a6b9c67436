import Glibc

/// A folder held open. What is named below it is found below it: links are not followed, and a folder that is put in its
/// place later is another one.
public final class HeldFolder: Sendable {
    public let path: String
    let descriptor: Int32

    /// - Parameter path: may lead through links; whoever names a folder means what they lead to.
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
    /// - Returns: nil where there is none; a link is none.
    /// - Throws: `FileError.Code.cannotOpen` for one that may not be read.
    public func folder(_ name: String) throws(FileError) -> HeldFolder? {
        guard Self.isName(name) else { return nil }
        let inner = openat(descriptor, name.fileBytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else {
            if Self.saysAbsent(errno) { return nil }
            throw FileError(.cannotOpen, self.path(of: name), "cannot be read", systemError: errno)
        }
        return HeldFolder(self.path(of: name), inner)
    }

    /// A folder below this one.
    ///
    /// - Parameter relative: names with a slash between them; nothing stands for this folder.
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
    /// - Parameter relative: names with a slash between them, such as "day/clip.mp4".
    /// - Returns: nil where there is none; a link is none, and nothing is found through one.
    /// - Throws: `FileError.Code.cannotOpen` for one that may not be read.
    public func file(_ relative: String) throws(FileError) -> HeldFile? {
        let (above, name) = StagedName.split(relative)
        guard Self.isName(name), let parent = try folder(below: String(above.dropLast())) else { return nil }
        // O_NONBLOCK: opening a pipe that nobody writes to must not wait; regular files do not know the flag.
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let opened = openat(parent.descriptor, name.fileBytes, flags)
        guard opened >= 0 else {
            if Self.saysAbsent(errno) { return nil }
            throw FileError(.cannotOpen, self.path(of: relative), "cannot be opened", systemError: errno)
        }
        return HeldFile(opened, name: name, in: parent)
    }

    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// The names in the folder, hidden ones included, in no order.
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

    /// What a name in the folder stands for; nil where there is nothing.
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

    /// ELOOP and, with O_DIRECTORY, ENOTDIR are what a link gives; ENXIO is what a socket gives.
    private static func saysAbsent(_ systemError: Int32) -> Bool {
        [ENOENT, ENOTDIR, ELOOP, ENXIO, ENAMETOOLONG].contains(systemError)
    }
}

/// What a name in a folder stands for.
public enum FolderEntry: Sendable, Hashable {
    case file(FileStamp)
    case folder
    /// Wherever it leads.
    case link
    /// A pipe, a socket or a device.
    case other
}
