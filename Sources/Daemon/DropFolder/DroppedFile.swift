import Files
import Glibc

/// A file in a drop folder, as one look at it found it.
struct DroppedFile: Sendable, Hashable {
    /// What changes when a file becomes another one, or is written or touched again. Clocks play no part beyond that.
    struct Stamp: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modifiedNanoseconds: Int64
        var changedNanoseconds: Int64
    }

    var name: String
    var stamp: Stamp

    /// Nil for what is no regular file, and for what is gone.
    init?(folder: String, name: String) {
        var status = stat()
        // A link could lead anywhere; what it leads to was not dropped here.
        guard lstat("\(folder)/\(name)".fileBytes, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(
            name: name,
            stamp: Stamp(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                modifiedNanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec),
                changedNanoseconds: Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)))
    }

    init(name: String, stamp: Stamp) {
        self.name = name
        self.stamp = stamp
    }

    /// Whether a file of this name is never taken: hidden, still being written by its own account, or a record or
    /// captions of ours.
    static func isPassedOver(_ name: String) -> Bool {
        let lower = name.lowercased()
        if name.hasPrefix(".") || name.hasSuffix("~") { return true }
        return [".part", ".tmp", ".partial", ".crdownload", ".filepart", ".json", ".vtt"].contains {
            lower.hasSuffix($0)
        }
    }
}
