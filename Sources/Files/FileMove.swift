import Glibc

/// Moves a file to a path that does not exist yet, also across file systems.
public enum FileMove {
    /// Moves `source` to `destination`, which must not exist.
    ///
    /// The destination is complete before the source is removed: it is a second link to the file or, across file
    /// systems, a synced copy. If the move is interrupted between the two steps, calling it again completes it.
    public static func move(_ source: String, to destination: String) throws(FileError) {
        if link(source.fileBytes, destination.fileBytes) != 0 {
            switch errno {
            case EEXIST where isSameFile(source, destination): break
            case EEXIST: throw FileError(.exists, destination, "exists already")
            // Another file system, one without links, or a file that another account owns.
            case EXDEV, EPERM, ENOTSUP, ENOSYS, EMLINK: try copy(source, to: destination)
            case let failure:
                throw FileError(.cannotWrite, source, "cannot be moved to \(destination)", systemError: failure)
            }
        }
        guard unlink(source.fileBytes) == 0 else {
            throw FileError(
                .cannotWrite, source, "was copied to \(destination) and cannot be removed", systemError: errno)
        }
    }

    /// The maximum number of names that are tried.
    public static let maximumNames = 10_000

    /// "clip.mp4", "clip-2.mp4", "clip-3.mp4", …
    public static func numbered(_ name: String, _ number: Int) -> String {
        guard number > 1 else { return name }
        let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<dot])-\(number)\(name[dot...])"
    }

    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        return lstat(first.fileBytes, &one) == 0 && lstat(second.fileBytes, &other) == 0 && one.st_ino == other.st_ino
            && one.st_dev == other.st_dev
    }

    private static func copy(_ source: String, to destination: String) throws(FileError) {
        let output = try AtomicFile(destination)
        try output.write(contentsOf: ReadableFile(source))
        try output.commit()
    }
}
