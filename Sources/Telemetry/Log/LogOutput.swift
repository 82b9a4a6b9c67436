import Glibc

/// Writes to a descriptor without blocking and without signals, although other processes may share it and expect it to
/// block.
struct LogOutput: ~Copyable {
    private let descriptor: Int32
    /// The same pipe or terminal, opened again: `O_NONBLOCK` belongs to the open file, not to the descriptor, and the
    /// inherited open file is shared with the shell. -1 for files, which do not block, and sockets, which have a flag
    /// for it.
    private let reopened: Int32
    private let isSocket: Bool

    /// - Parameter mayReopen: false uses the path for pipes of another user, which may not be reopened.
    init(descriptor: Int32, mayReopen: Bool = true) {
        var status = stat()
        let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
        self.descriptor = descriptor
        isSocket = kind == S_IFSOCK
        reopened =
            mayReopen && (kind == S_IFIFO || kind == S_IFCHR)
            ? open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) : -1
    }

    deinit {
        if reopened >= 0 { close(reopened) }
    }

    /// - Parameter timeout: the total time to wait for room.
    /// - Returns: the number of bytes written.
    borrowing func write(_ bytes: [UInt8], timeout: Duration) -> Int {
        let deadline = ContinuousClock.now + timeout
        var done = 0
        while done < bytes.count {
            let count = Self.withoutBrokenPipeSignal { writeOnce(bytes[done...]) }
            if count > 0 {
                done += count
            } else if count < 0 && errno == EINTR {
                continue
            } else if count < 0 && (errno == EAGAIN || errno == ENOBUFS), waitForRoom(until: deadline) {
                continue
            } else {
                break
            }
        }
        return done
    }

    private borrowing func writeOnce(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { bytes in
            if isSocket {
                return send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            if reopened >= 0 { return Glibc.write(reopened, bytes.baseAddress, bytes.count) }
            // A pipe that may not be reopened: poll reports room for PIPE_BUF bytes, so a write of that size does not
            // block.
            guard hasRoom(after: 0) else {
                errno = EAGAIN
                return -1
            }
            return Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Int(PIPE_BUF)))
        }
    }

    private borrowing func waitForRoom(until deadline: ContinuousClock.Instant) -> Bool {
        let rest = (deadline - .now) / .milliseconds(1)
        return rest >= 1 && hasRoom(after: Int32(rest))
    }

    private borrowing func hasRoom(after milliseconds: Int32) -> Bool {
        var request = pollfd(fd: reopened >= 0 ? reopened : descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, milliseconds) == 1
    }

    /// `SIGPIPE` is sent to the writing thread. Blocking it there and consuming it affects neither the rest of the
    /// process nor its child processes.
    private static func withoutBrokenPipeSignal(_ body: () -> Int) -> Int {
        var pipe = sigset_t()
        var previous = sigset_t()
        var pending = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        pthread_sigmask(SIG_BLOCK, &pipe, &previous)
        let count = body()
        let error = errno
        if count < 0 && error == EPIPE && !wasPending {
            var immediately = timespec()
            while sigtimedwait(&pipe, nil, &immediately) < 0 && errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        errno = error
        return count
    }
}
