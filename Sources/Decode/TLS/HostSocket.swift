import Glibc
import Media

/// A connected non-blocking TCP socket, closed with this object.
final class HostSocket {
    let descriptor: Int32

    /// - Parameter descriptor: this object takes ownership.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        // Requests are small and must not wait for Nagle's algorithm.
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Resolves the name and connects to the first reachable address, within the interrupt's deadline.
    ///
    /// - Parameter name: the redacted address, for errors.
    /// - Throws: `MediaError`: `cannotOpen` or `cancelled`.
    static func connect(
        host: String, port: UInt16, name: String, interrupt: Interrupt
    ) throws(MediaError) -> HostSocket {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw .unknownHost(String(cString: gai_strerror(status)), file: name)
        }
        defer { freeaddrinfo(list) }
        var failure: Int32 = 0
        var next = list
        while let address = next?.pointee {
            next = address.ai_next
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            guard descriptor >= 0 else {
                failure = errno
                continue
            }
            let socket = HostSocket(descriptor: descriptor)
            if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return socket }
            failure = errno
            guard failure == EINPROGRESS else { continue }
            guard socket.wait(for: POLLOUT, interrupt) else {
                throw interrupt.cancellation.isCancelled
                    ? MediaError(.cancelled, "opening was cancelled", file: name)
                    : MediaError(.cannotOpen, "does not answer; is it on, and is the address right?", file: name)
            }
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
            if failure == 0 { return socket }
        }
        throw MediaError(
            .cannotOpen, "cannot be opened", underlyingCode: failure == 0 ? nil : -failure, file: name)
    }

    /// Waits until the socket is ready for one of the events.
    ///
    /// - Returns: false if the interrupt requires an end.
    func wait(for events: Int32, _ interrupt: Interrupt) -> Bool {
        while !interrupt.shouldStop {
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            // A deadline or cancellation cannot wake poll(), so it is checked every 50 ms.
            if poll(&entry, 1, 50) > 0 { return true }
        }
        return false
    }

    /// - Returns: the number of bytes read into `buffer`; 0 at the end, nil if there are none yet.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? nil : 0
    }

    /// - Returns: whether all bytes were sent.
    func send(_ bytes: UnsafeRawBufferPointer, _ interrupt: Interrupt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.send(descriptor, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                guard errno == EAGAIN || errno == EINTR, wait(for: POLLOUT, interrupt) else { return false }
            }
        }
        return true
    }
}
