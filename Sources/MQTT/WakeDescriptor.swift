import Glibc

/// Wakes a thread that polls: a pipe whose reading end is readable from `signal` until `clear`.
final class WakeDescriptor: Sendable {
    /// The descriptor to poll. -1 if the process has no descriptor left: the thread then wakes only when its time is
    /// over.
    let descriptor: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let isMade = pipe(&ends) == 0
        (descriptor, writing) = isMade ? (ends[0], ends[1]) : (-1, -1)
        guard isMade else { return }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        close(writing)
    }

    /// Wakes the thread. May be called from any thread; never waits: if the pipe is full, the thread wakes anyway.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    func clear() {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }

    /// Waits for `signal`, at most for this time by the monotonic clock.
    func wait(atMost milliseconds: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, milliseconds) > 0 { clear() }
    }
}
