import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why a request got no answer, or not the whole of it.
package struct WebError: Error, Sendable, Equatable {
    package enum Code: Sendable, Equatable {
        /// The name has no address.
        case unknownHost
        /// Nothing listens there, or the network does not lead there.
        case unreachable
        /// The server's certificate does not prove that it is the host, or TLS could not be agreed on.
        case untrusted
        case timedOut
        /// The connection ended before the answer did.
        case brokenOff
        /// What was answered is not HTTP.
        case invalidAnswer
        case tooLong
        /// The proxy did not connect; carries its host and port.
        case proxy(String)
        /// A redirect from `https` to another scheme, or to one that is not HTTP; carries its target.
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

    /// Nil for an error that is not of the libraries which send requests.
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
        // Thrown by itself where the host is an address.
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
