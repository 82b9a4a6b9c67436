import Dispatch
import Files
import Glibc
import Synchronization

/// inotify events of a folder and its subfolders: only hints to scan, since network file systems send none.
///
/// Unchecked because a Dispatch source may be used from any thread, but its type is not `Sendable`.
final class FolderEvents: @unchecked Sendable {
    /// The path prefix of each watched folder, by its watch descriptor.
    private final class Prefixes: Sendable {
        let all = Mutex<[Int32: String]>([:])
    }

    private let root: String
    private let descriptor: Int32
    private let prefixes = Prefixes()
    private let source: any DispatchSourceRead

    /// The size of one read in bytes: room for some hundred events.
    private static let readSize = 64 << 10

    /// Nil if the system has no inotify watch left, or the folder is missing.
    ///
    /// - Parameter onHint: called on any thread, with the paths of files that were renamed into the folder or into an
    ///   added subfolder, relative to the folder.
    init?(folder: String, onHint: @escaping @Sendable (_ movedIn: Set<String>) -> Void) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        root = folder
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler { [prefixes] in
            if let movedIn = Self.drain(descriptor, prefixes) { onHint(movedIn) }
        }
        source.setCancelHandler { close(descriptor) }
        source.resume()
        guard add("") != nil else { return nil }
    }

    deinit {
        source.cancel()
    }

    /// Watches a subfolder, or continues to watch it.
    ///
    /// - Parameter path: the subfolder's path below the folder.
    /// - Returns: whether it was not watched before; nil if it is missing, or the system has no inotify watch left.
    @discardableResult func add(_ path: String) -> Bool? {
        var interest = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
        if !path.isEmpty { interest |= IN_ONLYDIR | IN_DONT_FOLLOW }
        let place = path.isEmpty ? root : "\(root)/\(path)"
        return prefixes.all.withLock { all in
            let number = inotify_add_watch(descriptor, place.fileBytes, UInt32(interest))
            guard number >= 0 else { return nil }
            return all.updateValue(path.isEmpty ? "" : path + "/", forKey: number) == nil
        }
    }

    /// Nil if there was nothing to read.
    private static func drain(_ descriptor: Int32, _ prefixes: Prefixes) -> Set<String>? {
        var names: Set<String>?
        var buffer = [UInt8](repeating: 0, count: readSize)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return names }
            let found = buffer.withUnsafeBytes { movedIn(UnsafeRawBufferPointer(rebasing: $0[..<count]), prefixes) }
            names = found.union(names ?? [])
        }
    }

    /// The names of `IN_MOVED_TO` events in the buffer.
    private static func movedIn(_ bytes: UnsafeRawBufferPointer, _ prefixes: Prefixes) -> Set<String> {
        let header = MemoryLayout<inotify_event>.size
        var names: Set<String> = []
        var offset = 0
        while offset + header <= bytes.count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let end = offset + header + Int(event.len)
            guard end <= bytes.count else { break }
            if event.mask & UInt32(IN_IGNORED) != 0 {
                prefixes.all.withLock { _ = $0.removeValue(forKey: event.wd) }
            } else if event.mask & UInt32(IN_MOVED_TO) != 0, let prefix = prefixes.all.withLock({ $0[event.wd] }) {
                names.insert(prefix + FileName.string(bytes[(offset + header)..<end].prefix { $0 != 0 }))
            }
            offset = end
        }
        return names
    }
}
