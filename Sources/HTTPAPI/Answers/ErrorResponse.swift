import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// `{"error": {"code": "not_found", "message": "There is no job 3."}}`
enum ErrorResponse {
    private struct Envelope: Encodable {
        struct Content: Encodable {
            var code: String
            var message: String
            var reasons: [String]?
        }

        var error: Content
    }

    /// Thrown to close a connection whose request was not read completely.
    private struct ConnectionMustClose: Error {}

    /// The size up to which a rejected body is read, in bytes, so that the connection can be reused.
    private static let maximumDrained = 64 << 10

    static func body(_ error: APIError) -> ByteBuffer {
        JSONResponse.buffer(
            Envelope(error: .init(code: error.code, message: error.message, reasons: error.reasons)))
    }

    /// Sends the error on a connection without another response in progress, and closes it.
    static func refuse(_ error: APIError, _ context: ChannelHandlerContext) {
        let body = body(error)
        var head = HTTPResponse(status: error.status, headerFields: error.headers)
        head.headerFields.append(contentsOf: ResponseMiddleware.securityHeaders)
        head.headerFields[.contentType] = JSONResponse.contentType
        head.headerFields[.contentLength] = "\(body.readableBytes)"
        head.headerFields[.connection] = "close"
        context.write(NIOAny(HTTPResponsePart.head(head)), promise: nil)
        context.write(NIOAny(HTTPResponsePart.body(body)), promise: nil)
        context.writeAndFlush(NIOAny(HTTPResponsePart.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    static func response(_ error: APIError, to request: Request) -> Response {
        let body = body(error)
        var headers = error.headers
        headers[.contentType] = JSONResponse.contentType
        guard hasLongBody(request) else {
            return Response(status: error.status, headers: headers, body: ResponseBody(byteBuffer: body))
        }
        headers[.connection] = "close"
        return Response(
            status: error.status, headers: headers,
            body: ResponseBody(contentLength: body.readableBytes) { writer in
                try await writer.write(body)
                try await writer.finish(nil)
                throw ConnectionMustClose()
            })
    }

    private static func hasLongBody(_ request: Request) -> Bool {
        if request.headers.contains(.transferEncoding) { return true }
        guard let length = request.headers[.contentLength] else { return false }
        return Int(length).map { $0 > maximumDrained } ?? true
    }
}
