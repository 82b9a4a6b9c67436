import CFFmpeg
import Media

/// The reason why a stream could not be opened, with a remedy: FFmpeg's error code is often only "Input/output error",
/// while its log is more precise.
struct OpeningCause {
    let address: StreamAddress
    let log: ConnectionCause
    /// Whether libsrt reported a wrong passphrase.
    var rejectedPassphrase = false

    /// The error with its cause if that is known; otherwise unchanged.
    func explain(_ error: MediaError) -> MediaError {
        guard [.cannotOpen, .notMedia].contains(error.code) else { return error }
        var explained = error
        if let (code, reason) = cause(of: error) {
            explained.code = code
            explained.reason = reason
            explained.underlyingCode = nil
        }
        return explained
    }

    /// Whether the server refused the requested RTSP transport.
    var isRefusedTransport: Bool { log.mentions("SETUP failed: 461") || log.mentions("Nonmatching transport") }

    /// - Parameter transport: the requested transport.
    func refusedTransport(_ transport: LiveOptions.Transport) -> MediaError {
        let reason =
            transport == .automatic
            ? "the server sends neither by tcp nor by udp or multicast"
            : "the server does not send by \(transport.rawValue); set transport to automatic"
        return MediaError(.cannotOpen, reason, file: address.redacted)
    }

    private func cause(of error: MediaError) -> (MediaError.Code, String)? {
        if let failure = log.error(file: address.redacted) { return (failure.code, failure.reason) }
        if rejectedPassphrase {
            return (.accessDenied, "the passphrase is refused; check the password that is set for it")
        }
        switch error.underlyingCode {
        case saliency_averror_unauthorized:
            return (
                .accessDenied,
                address.hasCredentials
                    ? "the user or the password is refused (401); check both"
                    : "wants a user and a password (401); set user and password-file"
            )
        case saliency_averror_forbidden:
            return (.accessDenied, "access is refused (403); check what the user may do, and whether he is locked out")
        case saliency_averror_not_found:
            return (.cannotOpen, "has nothing at this path (404); check what follows the host in the address")
        default: break
        }
        if log.mentions("not on whitelist") || log.mentions("not in whitelist") {
            return (.refused, "leads to an address of another kind, which is not followed")
        }
        if address.kind == .srt, error.underlyingCode == saliency_averror(EIO) {
            return (
                .cannotOpen,
                "nothing answers, or the passphrase is wrong; check the port, streamid and the password that is set"
            )
        }
        return nil
    }
}
