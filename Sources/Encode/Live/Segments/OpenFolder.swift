import CFFmpeg
import Glibc
import Media

/// A folder held open, so that its entries are never reached through a link placed there meanwhile.
struct OpenFolder: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `MediaError.cannotOpen`.
    init(_ path: String) throws(MediaError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw MediaError(
                .cannotOpen, "cannot be opened", underlyingCode: saliency_averror(errno), file: path)
        }
    }

    /// A folder in `parent`; nil for anything else, also for a link to one.
    init?(_ name: String, in parent: borrowing OpenFolder) {
        descriptor = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// The names of all entries, in no particular order.
    func names() -> [String] {
        // The directory stream takes ownership of its descriptor.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            if copy >= 0 { close(copy) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The length of a regular file in bytes; nil for anything else.
    func size(of name: String) -> Int? { file(name)?.bytes }

    /// A regular file's length in bytes and modification time in seconds since 1970; nil for anything else.
    func file(_ name: String) -> (bytes: Int, written: Double)? {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return (Int(status.st_size), Double(status.st_mtim.tv_sec))
    }

    /// - Returns: 0, or the `errno` value of the failure.
    func remove(_ name: String, isFolder: Bool = false) -> Int32 {
        unlinkat(descriptor, name, isFolder ? AT_REMOVEDIR : 0) == 0 ? 0 : errno
    }
}
