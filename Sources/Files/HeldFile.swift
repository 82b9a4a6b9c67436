import Glibc

/// A regular file held open, with the folder it was found in: whatever becomes of its name, this stays the same file.
public final class HeldFile: ReadableBytes {
    /// Where it was found, for people; to be opened again, it is found at `descriptorPath`.
    public let path: String
    public let name: String
    /// Of the moment when it was opened.
    public let stamp: FileStamp
    let folder: HeldFolder
    let descriptor: Int32

    /// Takes the descriptor over; nil for what is no regular file.
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
