import CGnuTLS
import Files
import Glibc
import Media

/// A TLS connection to an authenticated server. Used by one thread.
final class TLSConnection {
    let socket: HostSocket
    private let session: TLSSession

    /// Connects and performs the handshake, within the interrupt's deadline.
    ///
    /// - Parameter name: the redacted address, for errors.
    /// - Throws: `MediaError`: `untrusted` if the server does not authenticate itself, `cannotOpen` or `cancelled`.
    init(
        host: String, port: UInt16, trust: TLSTrust, name: String, interrupt: Interrupt
    ) throws(MediaError) {
        socket = try HostSocket.connect(host: host, port: port, name: name, interrupt: interrupt)
        session = try TLSSession(socket: socket, host: host, trust: trust, name: name)
        try performHandshake(name: name, interrupt)
        try TLSVerification(session.pointer).check(trust, host: host, name: name)
    }

    private func performHandshake(name: String, _ interrupt: Interrupt) throws(MediaError) {
        while true {
            let status = gnutls_handshake(session.pointer)
            if status == 0 { return }
            guard gnutls_error_is_fatal(status) == 0 else {
                let message = String(cString: gnutls_strerror(status))
                throw MediaError(
                    .cannotOpen, "does not speak TLS as it should (\(message)); is this the port for TLS?", file: name)
            }
            let isWriting = gnutls_record_get_direction(session.pointer) == 1
            guard socket.wait(for: isWriting ? POLLOUT : POLLIN, interrupt) else {
                throw interrupt.cancellation.isCancelled
                    ? MediaError(.cancelled, "opening was cancelled", file: name)
                    : MediaError(.cannotOpen, "does not answer in TLS; is this the port for TLS?", file: name)
            }
        }
    }

    /// Whether GnuTLS has buffered bytes that were already read from the socket.
    var hasPending: Bool { gnutls_record_check_pending(session.pointer) > 0 }

    /// - Returns: the number of bytes read into `buffer`; 0 at the end, nil if there are none yet.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = gnutls_record_recv(session.pointer, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        return gnutls_error_is_fatal(Int32(count)) == 0 ? nil : 0
    }

    /// - Returns: whether all bytes were sent.
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

    /// Signals the end of the data sent.
    func sendCloseNotify() {
        gnutls_bye(session.pointer, GNUTLS_SHUT_WR)
    }
}

/// The sole owner of a GnuTLS session and of its credentials.
final class TLSSession {
    let pointer: gnutls_session_t
    private let credentials: gnutls_certificate_credentials_t

    /// A client's session over a connected socket.
    ///
    /// - Throws: `MediaError.cannotOpen` for a file without authorities, or if there is no memory.
    init(socket: HostSocket, host: String, trust: TLSTrust, name: String) throws(MediaError) {
        var credentials: gnutls_certificate_credentials_t?
        guard gnutls_certificate_allocate_credentials(&credentials) == 0, let credentials else {
            throw MediaError(.cannotOpen, "no memory for a TLS connection", file: name)
        }
        var session: gnutls_session_t?
        guard saliency_gnutls_init_client(&session) == 0, let session else {
            gnutls_certificate_free_credentials(credentials)
            throw MediaError(.cannotOpen, "no memory for a TLS connection", file: name)
        }
        // From here on `deinit` frees both.
        self.pointer = session
        self.credentials = credentials
        if case .verified(let authorities) = trust {
            let count =
                authorities.map { gnutls_certificate_set_x509_trust_file(credentials, $0, GNUTLS_X509_FMT_PEM) }
                ?? gnutls_certificate_set_x509_system_trust(credentials)
            if count <= 0, let authorities {
                throw MediaError(.cannotOpen, "\(authorities) holds no certificate in PEM form (ca-file)", file: name)
            }
        }
        gnutls_set_default_priority(session)
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
        if !Self.isNumeric(host) { gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, host.utf8.count) }
        saliency_gnutls_set_socket(session, socket.descriptor)
    }

    deinit {
        gnutls_deinit(pointer)
        gnutls_certificate_free_credentials(credentials)
    }

    /// Whether the host is an IP address, which is not sent as server name in TLS.
    private static func isNumeric(_ host: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
