import Glibc

/// A folder that collects files during several runs of the program and gets its final name when they are complete.
///
/// A lock allows one process at a time. The folder is kept if a process is interrupted, and the next process continues
/// with its files.
public struct WorkFolder: ~Copyable {
    public let path: String
    private let descriptor: Int32

    /// Opens the folder, or creates it, and locks it.
    ///
    /// - Throws: `FileError.Code.exists` if another process uses it.
    public init(_ path: String) throws(FileError) {
        while true {
            if mkdir(path, 0o777) != 0 && errno != EEXIST {
                throw FileError(.cannotWrite, path, "cannot be created", systemError: errno)
            }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else {
                if errno == ENOENT { continue }
                throw FileError(.cannotWrite, path, "cannot be opened", systemError: errno)
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let failure = errno
                close(descriptor)
                guard failure == EWOULDBLOCK else {
                    throw FileError(.cannotWrite, path, "cannot be locked", systemError: failure)
                }
                throw FileError(.exists, path, "another process works in it")
            }
            // The previous owner may have renamed the folder between the two calls; then this lock is on another
            // folder.
            var (locked, named) = (stat(), stat())
            if fstat(descriptor, &locked) == 0, stat(path, &named) == 0, locked.st_ino == named.st_ino,
                locked.st_dev == named.st_dev
            {
                self.path = path
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit {
        // Closing alone would not release the lock while a child process that is being created still has its copy of
        // the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The path of a file in the folder.
    public func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Renames the folder to its final name. An existing folder of that name is moved to `displaced` first, and back if
    /// the renaming fails.
    public consuming func commit(as destination: String, displacing displaced: String) throws(FileError) {
        fsync(descriptor)
        // A dangling link has the name too.
        var status = stat()
        let isDisplacing = lstat(destination, &status) == 0
        if isDisplacing, rename(destination, displaced) != 0 {
            throw FileError(.cannotWrite, destination, "cannot be moved aside", systemError: errno)
        }
        guard rename(path, destination) == 0 else {
            let failure = errno
            if isDisplacing { rename(displaced, destination) }
            throw FileError(.cannotWrite, destination, "cannot be renamed into place", systemError: failure)
        }
        // Syncs the parent folder, so that the name survives a power loss. Errors are ignored: not every file system
        // supports this, and the folder is complete without it.
        let parent = open("\(destination)/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }
}
