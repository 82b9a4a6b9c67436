import Glibc

/// Identifies a file and its state: it changes when the file is replaced, written or touched. It is only compared for
/// equality, never with a clock.
public struct FileStamp: Sendable, Hashable {
    public var device: UInt64
    public var inode: UInt64
    public var size: Int64
    public var modifiedNanoseconds: Int64
    /// Renaming and linking change this value too.
    public var changedNanoseconds: Int64

    public init(device: UInt64, inode: UInt64, size: Int64, modifiedNanoseconds: Int64, changedNanoseconds: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modifiedNanoseconds = modifiedNanoseconds
        self.changedNanoseconds = changedNanoseconds
    }

    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            modifiedNanoseconds: Self.nanoseconds(status.st_mtim), changedNanoseconds: Self.nanoseconds(status.st_ctim))
    }

    /// Whether both stamps belong to one file with unchanged bytes, which may have been renamed or linked in between.
    public func hasSameBytes(as other: Self) -> Bool {
        device == other.device && inode == other.inode && size == other.size
            && modifiedNanoseconds == other.modifiedNanoseconds
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

/// A regular file held open, with the folder in which it was found: it stays the same file whatever happens to its
/// name.
public final class HeldFile: ReadableBytes {
    /// The path at which it was found, for messages; use `descriptorPath` to open it again.
    public let path: String
    public let name: String
    /// The stamp at the time of opening.
    public let stamp: FileStamp
    let folder: HeldFolder
    let descriptor: Int32

    /// Takes ownership of the descriptor; nil if it is not a regular file.
    init?(_ descriptor: Int32, name: String, in folder: HeldFolder) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.path = folder.path(of: name)
        self.name = name
        self.folder = folder
        self.descriptor = descriptor
        stamp = FileStamp(status)
    }

    deinit {
        close(descriptor)
    }

    /// A path that opens exactly this file again, valid while this object exists.
    public var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

    /// The size in bytes at the time of opening.
    public var size: Int { Int(stamp.size) }

    /// Whether the file has the same bytes as when it was opened, even if it has been renamed.
    public var isUnchanged: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && FileStamp(status).hasSameBytes(as: stamp)
    }

    /// Whether the file has not been written, renamed or replaced since it was opened.
    public var isInPlace: Bool { folder.entry(name) == .file(stamp) }

    public func readChecked(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        try FileReading.fill(buffer, from: descriptor, at: offset, path)
    }
}
