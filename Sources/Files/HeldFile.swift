import Glibc

/// What changes when a file becomes another one, or is written or touched again. Clocks play no part beyond that.
public struct FileStamp: Sendable, Hashable {
    public var device: UInt64
    public var inode: UInt64
    public var size: Int64
    public var modifiedNanoseconds: Int64
    /// Renaming and linking change this too.
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

    /// Whether both are of one file with the same bytes, which may have been renamed or linked in between.
    public func hasSameBytes(as other: Self) -> Bool {
        device == other.device && inode == other.inode && size == other.size
            && modifiedNanoseconds == other.modifiedNanoseconds
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

/// A regular file held open, with the folder it was found in: whatever becomes of its name, this stays the same file.
public final class HeldFile: ReadableBytes {
    /// Where it was found, for people; to be opened again, it is found at `descriptorPath`.
    public let path: String
    public let name: String
    /// Of the moment when it was opened.
    public let stamp: FileStamp
    let folder: HeldFolder
    let descriptor: Int32

    /// Takes the descriptor over; nil if it is not a regular file.
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

    /// Opens this very file again, for as long as this object lives.
    public var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

    /// In bytes, when the file was opened.
    public var size: Int { Int(stamp.size) }

    /// Whether the file is still as it was when it was opened, though perhaps under another name.
    public var isUnchanged: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && FileStamp(status).hasSameBytes(as: stamp)
    }

    /// Whether the file is as it was when it was opened, and where it was found: neither written nor renamed nor replaced.
    public var isInPlace: Bool { folder.entry(name) == .file(stamp) }

    public func readChecked(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        try FileReading.fill(buffer, from: descriptor, at: offset, path)
    }
}
