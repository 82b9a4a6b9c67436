import CGnuTLS
import Files
import Media

/// Verifies a server's certificate after the handshake against the required trust.
struct TLSVerification {
    private let session: gnutls_session_t

    init(_ session: gnutls_session_t) {
        self.session = session
    }

    /// - Throws: `MediaError.untrusted`, which states what is wrong with the certificate, and a remedy.
    func check(_ trust: TLSTrust, host: String, name: String) throws(MediaError) {
        switch trust {
        case .any: return
        case .fingerprint(let wanted):
            guard let found = fingerprint else { throw Self.error("shows no certificate", file: name) }
            guard found == wanted else {
                throw Self.error(
                    "its certificate is not the one with the fingerprint that is set; its SHA-256 is \(Self.formatted(found))",
                    file: name)
            }
        case .verified:
            var status: UInt32 = 0
            guard gnutls_certificate_verify_peers3(session, host, &status) == 0 else {
                throw Self.error("shows no certificate that can be checked", file: name)
            }
            guard status != 0 else { return }
            let advice =
                fingerprint.map {
                    "; name its authority in ca-file or, if its SHA-256 is \(Self.formatted($0)), set tls to that"
                } ?? ""
            throw Self.error("its certificate \(Self.failures(status).joined(separator: " and "))\(advice)", file: name)
        }
    }

    /// The SHA-256 of the server's own certificate, in lower-case hexadecimal.
    private var fingerprint: String? {
        var count: UInt32 = 0
        guard let certificate = gnutls_certificate_get_peers(session, &count), count > 0 else { return nil }
        var digest = SHA256()
        digest.update(UnsafeRawBufferPointer(start: certificate.pointee.data, count: Int(certificate.pointee.size)))
        return digest.hexDigest()
    }

    private static func formatted(_ fingerprint: String) -> String { TLSTrust.formatted(fingerprint: fingerprint) }

    private static func error(_ reason: String, file: String) -> MediaError {
        MediaError(.untrusted, reason, file: file)
    }

    /// The errors in GnuTLS's verification status, each as a clause that follows "its certificate".
    static func failures(_ status: UInt32) -> [String] {
        let all: [(gnutls_certificate_status_t, String)] = [
            (GNUTLS_CERT_UNEXPECTED_OWNER, "is for another name than the address has"),
            (GNUTLS_CERT_EXPIRED, "has expired"),
            (GNUTLS_CERT_NOT_ACTIVATED, "is not valid yet by this machine's clock"),
            (GNUTLS_CERT_REVOKED, "was revoked"),
            (GNUTLS_CERT_SIGNER_NOT_FOUND, "was issued by no authority that is trusted here"),
            (GNUTLS_CERT_SIGNER_NOT_CA, "was issued by somebody who is not an authority"),
            (GNUTLS_CERT_INSECURE_ALGORITHM, "is signed in a way that is not secure any more"),
            (GNUTLS_CERT_SIGNATURE_FAILURE, "has a wrong signature"),
            (GNUTLS_CERT_PURPOSE_MISMATCH, "is not meant for servers"),
        ]
        let found = all.filter { status & $0.0.rawValue != 0 }.map(\.1)
        return found.isEmpty ? ["cannot be verified"] : found
    }
}
