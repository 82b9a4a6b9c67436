import Foundation

/// Waits for changes in a folder.
public enum FolderWait {
    /// Returns when `isSo` is true; it is called now, and after every change of the folder's files.
    ///
    /// - Returns: false if it has not become true within `HangLimit.wait`.
    public static func until(_ folder: String, _ isSo: @escaping @Sendable () -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: wait(folder, isSo)) }
        }
    }

    private static func wait(_ folder: String, _ isSo: () -> Bool) -> Bool {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC))
        defer { close(descriptor) }
        let interest = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE
        guard inotify_add_watch(descriptor, folder, UInt32(interest)) >= 0 else { return isSo() }
        let end = ContinuousClock.now + .seconds(HangLimit.wait)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isSo() {
            let rest = (end - .now) / .milliseconds(1)
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard rest > 0, poll(&waiting, 1, Int32(rest)) > 0 else { return false }
            _ = read(descriptor, &buffer, buffer.count)
        }
        return true
    }
}
