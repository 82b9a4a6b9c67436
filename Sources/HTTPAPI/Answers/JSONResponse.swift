import Files
import FoundationEssentials
import Hummingbird

/// Encodes values as JSON: sorted keys in snake case, times in ISO 8601 with milliseconds.
enum JSONResponse {
    static let contentType = "application/json"

    static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: contentType], body: ResponseBody(byteBuffer: buffer(value)))
    }

    static func buffer(_ value: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder.sorted([.snakeCase, .nonFinite])
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        }
        // Plain structs of numbers and strings always encode.
        return ByteBuffer(bytes: (try? encoder.encode(value)) ?? Data("null".utf8))
    }
}
