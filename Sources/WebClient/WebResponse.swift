import AsyncHTTPClient
import FoundationEssentials
import NIOCore

/// The answer to a request; its body comes as it is read.
package struct WebResponse: Sendable {
    private let response: HTTPClientResponse

    init(_ response: HTTPClientResponse) {
        self.response = response
    }

    package var status: Int { Int(response.status.code) }

    /// The first header of that name.
    package func header(_ name: String) -> String? { response.headers.first(name: name) }

    /// Gives `take` every piece of the body in turn, and asks for the next when it has returned.
    package func forEachPiece(
        isolation: isolated (any Actor)? = #isolation, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        for try await piece in response.body { try piece.withUnsafeReadableBytes(take) }
    }

    /// The whole body.
    ///
    /// - Throws: `WebError.Code.tooLong` for a body of more than `limit` bytes.
    package func body(limit: Int) async throws -> [UInt8] {
        Array(buffer: try await response.body.collect(upTo: limit))
    }

    /// Where the server says that the answer is; nil if this is the answer.
    func redirect(from url: URL) -> URL? {
        guard [301, 302, 303, 307, 308].contains(status), let location = header("Location") else { return nil }
        return URL(string: location, relativeTo: url)?.absoluteURL
    }
}
