import Glibc

/// A folder that gathers files over several runs of the program and appears under its name when they are complete.
///
/// One process at a time works in it; it outlives an interrupted one, and the next goes on with what is there.
public struct WorkFolder: ~Copyable {
    public let path: String
    private let descriptor: Int32

    /// Opens the folder, or creates it, and locks it.
    ///
    /// - Throws: `FileError.Code.exists` where another process works in it.
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
            // The last owner may have given the folder its name between the two calls; then this lock guards another.
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
        // Closing alone would leave the lock to a child process that is just being made and has not closed its copy yet.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The path of a file in it.
    public func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Gives the folder its name. A folder that has it already is moved to `displaced` first, and back if this fails.
    public consuming func commit(as destination: String, displacing displaced: String) throws(FileError) {
        fsync(descriptor)
        let isDisplacing = access(destination, F_OK) == 0
        if isDisplacing, rename(destination, displaced) != 0 {
            throw FileError(.cannotWrite, destination, "cannot be moved aside", systemError: errno)
        }
        guard rename(path, destination) == 0 else {
            let failure = errno
            if isDisplacing { rename(displaced, destination) }
            throw FileError(.cannotWrite, destination, "cannot be renamed into place", systemError: failure)
        }
        // Makes the name itself survive a power loss; not every file system can, and the folder is good without it.
        let parent = open("\(destination)/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }
}
