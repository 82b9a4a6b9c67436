import Dispatch
import Files
import Glibc

/// What inotify tells of a folder: hints to look, never the truth. Network file systems send none.
///
/// Unchecked: a Dispatch source may be used from any thread; its type does not say so.
final class FolderEvents: @unchecked Sendable {
    private let source: any DispatchSourceRead

    /// Bytes of one read: some hundred events.
    private static let readSize = 64 << 10

    /// Nil where the system has no watch left, or the folder is gone.
    ///
    /// - Parameter onHint: called on any thread, with the names that were renamed into the folder.
    init?(folder: String, onHint: @escaping @Sendable (_ movedIn: Set<String>) -> Void) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let interest = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
        guard inotify_add_watch(descriptor, folder, UInt32(interest)) >= 0 else {
            close(descriptor)
            return nil
        }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler {
            if let movedIn = Self.drain(descriptor) { onHint(movedIn) }
        }
        source.setCancelHandler { close(descriptor) }
        source.resume()
    }

    deinit {
        source.cancel()
    }

    /// Nil where there was nothing to read.
    private static func drain(_ descriptor: Int32) -> Set<String>? {
        var names: Set<String>?
        var buffer = [UInt8](repeating: 0, count: readSize)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return names }
            let found = buffer.withUnsafeBytes { movedIn(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            names = found.union(names ?? [])
        }
    }

    /// The names of `IN_MOVED_TO` events in what was read.
    private static func movedIn(_ bytes: UnsafeRawBufferPointer) -> Set<String> {
        let header = MemoryLayout<inotify_event>.size
        var names: Set<String> = []
        var offset = 0
        while offset + header <= bytes.count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let end = offset + header + Int(event.len)
            guard end <= bytes.count else { break }
            if event.mask & UInt32(IN_MOVED_TO) != 0 {
                names.insert(FileName.string(bytes[(offset + header)..<end].prefix { $0 != 0 }))
            }
            offset = end
        }
        return names
    }
}
