import CGnuTLS
import Files
import Glibc
import Media

/// A connection by TLS to a server that has proved who it is. One thread uses it.
final class TLSConnection {
    let socket: HostSocket
    private let session: TLSSession

    /// Connects and shakes hands, within the interrupt's deadline.
    ///
    /// - Parameter name: the address as people may see it, for errors.
    /// - Throws: `MediaError`: `untrusted` if the server does not prove who it is, `cannotOpen` or `cancelled`.
    init(
        host: String, port: UInt16, trust: TLSTrust, name: String, interrupt: Interrupt
    ) throws(MediaError) {
        socket = try HostSocket.connect(host: host, port: port, name: name, interrupt: interrupt)
        session = try TLSSession(socket: socket, host: host, trust: trust, name: name)
        try shakeHands(name: name, interrupt)
        try TLSProof(session.pointer).check(trust, host: host, name: name)
    }

    private func shakeHands(name: String, _ interrupt: Interrupt) throws(MediaError) {
        while true {
            let status = gnutls_handshake(session.pointer)
            if status == 0 { return }
            guard gnutls_error_is_fatal(status) == 0 else {
                let words = String(cString: gnutls_strerror(status))
                throw MediaError(
                    .cannotOpen, "does not speak TLS as it should (\(words)); is this the port for TLS?", file: name)
            }
            let isWriting = gnutls_record_get_direction(session.pointer) == 1
            guard socket.wait(for: isWriting ? POLLOUT : POLLIN, interrupt) else {
                throw interrupt.cancellation.isCancelled
                    ? MediaError(.cancelled, "opening was cancelled", file: name)
                    : MediaError(.cannotOpen, "does not answer in TLS; is this the port for TLS?", file: name)
            }
        }
    }

    /// Whether bytes lie here that the socket knows nothing of any more.
    var hasPending: Bool { gnutls_record_check_pending(session.pointer) > 0 }

    /// - Returns: bytes read into `buffer`; 0 at the end, nil if there are none yet.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = gnutls_record_recv(session.pointer, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        return gnutls_error_is_fatal(Int32(count)) == 0 ? nil : 0
    }

    /// - Returns: whether all was sent.
    func send(_ bytes: UnsafeRawBufferPointer, _ interrupt: Interrupt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = gnutls_record_send(session.pointer, part.baseAddress, part.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                guard gnutls_error_is_fatal(Int32(count)) == 0, socket.wait(for: POLLOUT, interrupt) else {
                    return false
                }
            }
        }
        return true
    }

    /// Says that nothing more comes.
    func sayGoodbye() {
        gnutls_bye(session.pointer, GNUTLS_SHUT_WR)
    }
}
