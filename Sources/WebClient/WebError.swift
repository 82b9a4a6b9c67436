import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The reason why a request got no response, or an incomplete one.
package struct WebError: Error, Sendable, Equatable {
    package enum Code: Sendable, Equatable {
        /// The name has no address.
        case unknownHost
        /// The connection is refused, or there is no route to the host.
        case unreachable
        /// The server's certificate does not authenticate the host, or the TLS handshake failed.
        case untrusted
        case timedOut
        /// The connection ended before the response did.
        case brokenOff
        /// The response is not HTTP.
        case invalidAnswer
        case tooLong
        /// The proxy did not connect; the value is its host and port.
        case proxy(String)
        /// A redirect from `https` to another scheme, or to one that is not HTTP; the value is the target.
        case insecureRedirect(String)
        case tooManyRedirects
        case cancelled
    }

    package var code: Code
    package var host: String

    init(_ code: Code, host: String) {
        self.code = code
        self.host = host
    }

    /// Nil for an error that does not come from the HTTP libraries.
    ///
    /// - Parameter proxy: the host and port of the proxy in use.
    init?(_ error: any Error, host: String, proxy: String?) {
        let code: Code
        var host = host
        switch error {
        case let error as WebError:
            self = error
            return
        case is CancellationError: code = .cancelled
        case let error as HTTPClientError: code = Self.code(of: error, proxy)
        case let error as NIOConnectionError:
            code = Self.code(of: error)
            host = error.host
        case HTTPParserError.invalidEOFState: code = .brokenOff
        case is HTTPParserError: code = .invalidAnswer
        case is NIOTooManyBytesError: code = .tooLong
        case NIOSSLError.uncleanShutdown: code = .brokenOff
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: code = .untrusted
        // Thrown without `NIOConnectionError` if the host is an IP address.
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            code = .unreachable
        case let error as IOError where error.errnoCode == ETIMEDOUT: code = .timedOut
        case ChannelError.connectTimeout: code = .timedOut
        case is IOError, is ChannelError: code = .brokenOff
        default: return nil
        }
        self.init(code, host: host)
    }

    private static func code(of error: HTTPClientError, _ proxy: String?) -> Code {
        switch error {
        case .cancelled: .cancelled
        case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
            .tlsHandshakeTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
            .timedOut
        case .proxyAuthenticationRequired, .invalidProxyResponse: .proxy(proxy ?? "")
        default: .brokenOff
        }
    }

    private static func code(of error: NIOConnectionError) -> Code {
        if error.connectionErrors.isEmpty { return .unknownHost }
        let isLate = error.connectionErrors.allSatisfy { failure in
            if case ChannelError.connectTimeout = failure.error { true } else { false }
        }
        return isLate ? .timedOut : .unreachable
    }
}
