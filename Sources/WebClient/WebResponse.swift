import AsyncHTTPClient
import FoundationEssentials
import NIOCore

/// The response to a request; its body is streamed as it is read.
package struct WebResponse: Sendable {
    private let response: HTTPClientResponse

    init(_ response: HTTPClientResponse) {
        self.response = response
    }

    package var status: Int { Int(response.status.code) }

    /// The first header of that name.
    package func header(_ name: String) -> String? { response.headers.first(name: name) }

    /// Passes the chunks of the body to `consume` one after another, and reads the next one when it has returned.
    package func forEachChunk(
        isolation: isolated (any Actor)? = #isolation, _ consume: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        for try await chunk in response.body { try chunk.withUnsafeReadableBytes(consume) }
    }

    /// The whole body.
    ///
    /// - Throws: `WebError.Code.tooLong` for a body of more than `limit` bytes.
    package func body(limit: Int) async throws -> [UInt8] {
        Array(buffer: try await response.body.collect(upTo: limit))
    }

    /// The target of a redirect; nil if this response is not a redirect.
    func redirect(from url: URL) -> URL? {
        guard [301, 302, 303, 307, 308].contains(status), let location = header("Location") else { return nil }
        return URL(string: location, relativeTo: url)?.absoluteURL
    }
}
