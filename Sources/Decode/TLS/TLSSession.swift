import CGnuTLS
import Glibc
import Media

/// The one owner of a GnuTLS session and of the credentials that it refers to.
final class TLSSession {
    let pointer: gnutls_session_t
    private let credentials: gnutls_certificate_credentials_t

    /// A client's session over a connected socket.
    ///
    /// - Throws: `MediaError.cannotOpen` for a file of authorities that has none, or without memory.
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

    /// Whether the host is an address by numbers, which TLS does not name.
    private static func isNumeric(_ host: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
