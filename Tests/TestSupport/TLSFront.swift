import CGnuTLS
import Foundation
import Synchronization

/// A TLS server on a local port that forwards decrypted bytes to a plain server on another port.
public final class TLSFront: Sendable {
    public var port: UInt16 { server.port }

    private let server: StreamServer
    private let heard: Counter

    private final class Counter: Sendable {
        let bytes = Atomic<Int>(0)
    }

    /// The number of bytes that clients have sent after the handshake.
    public var bytesHeard: Int { heard.bytes.load(ordering: .relaxed) }

    /// - Parameter plain: the port of the plain server.
    public init(to plain: UInt16, _ certificate: TestCertificate) throws {
        let heard = Counter()
        self.heard = heard
        server = try StreamServer { connection in
            Self.serve(connection.descriptor, to: plain, certificate, heard)
        }
    }

    public func close() {
        server.close()
    }

    private static func serve(_ socket: Int32, to plain: UInt16, _ certificate: TestCertificate, _ heard: Counter) {
        var credentials: gnutls_certificate_credentials_t?
        gnutls_certificate_allocate_credentials(&credentials)
        defer { gnutls_certificate_free_credentials(credentials) }
        gnutls_certificate_set_x509_key_file(
            credentials, certificate.certificate, certificate.key, GNUTLS_X509_FMT_PEM)
        var session: gnutls_session_t?
        guard saliency_gnutls_init_server(&session) == 0, let session else { return }
        defer { gnutls_deinit(session) }
        gnutls_set_default_priority(session)
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials.map { UnsafeMutableRawPointer($0) })
        saliency_gnutls_set_socket(session, socket)
        var status: Int32
        repeat { status = gnutls_handshake(session) } while status < 0 && gnutls_error_is_fatal(status) == 0
        guard status == 0, let behind = try? Loopback.connected(to: plain) else { return }
        // GnuTLS lets one thread send while another receives.
        nonisolated(unsafe) let shared = session
        let answering = DispatchGroup()
        answering.enter()
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            while case let count = recv(behind, &buffer, buffer.count, 0), count > 0 {
                guard gnutls_record_send(shared, buffer, count) > 0 else { break }
            }
            gnutls_bye(shared, GNUTLS_SHUT_WR)
            shutdown(socket, Int32(SHUT_RDWR))
            answering.leave()
        }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = gnutls_record_recv(session, &buffer, buffer.count), count > 0 {
            heard.bytes.add(count, ordering: .relaxed)
            guard send(behind, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(behind, Int32(SHUT_RDWR))
        answering.wait()
        Glibc.close(behind)
    }
}
