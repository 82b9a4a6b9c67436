import HTTPTypes
import Hummingbird

/// `{"error": {"code": "not_found", "message": "There is no job 3."}}`
enum ErrorAnswer {
    private struct Envelope: Encodable {
        struct Content: Encodable {
            var code: String
            var message: String
            var reasons: [String]?
        }

        var error: Content
    }

    /// Ends a connection whose request is not read to its end.
    private struct ConnectionEnds: Error {}

    /// Bytes of a refused body that are read, so that the connection can be used again.
    private static let mostDrained = 64 << 10

    static func body(_ error: APIError) -> ByteBuffer {
        JSONAnswer.buffer(
            Envelope(error: .init(code: error.code, message: error.message, reasons: error.reasons)))
    }

    static func response(_ error: APIError, to request: Request) -> Response {
        let body = body(error)
        var headers = error.headers
        headers[.contentType] = JSONAnswer.contentType
        guard hasLongBody(request) else {
            return Response(status: error.status, headers: headers, body: ResponseBody(byteBuffer: body))
        }
        headers[.connection] = "close"
        return Response(
            status: error.status, headers: headers,
            body: ResponseBody(contentLength: body.readableBytes) { writer in
                try await writer.write(body)
                try await writer.finish(nil)
                throw ConnectionEnds()
            })
    }

    private static func hasLongBody(_ request: Request) -> Bool {
        if request.headers.contains(.transferEncoding) { return true }
        guard let length = request.headers[.contentLength] else { return false }
        return Int(length).map { $0 > mostDrained } ?? true
    }
}
