import Files
import Foundation
import HTTPTypes
import Hummingbird

/// A file as the answer to a request: all of it, or the range that was asked for.
struct FileAnswer: Sendable {
    let path: String
    let contentType: String
    /// With its quotation marks.
    let tag: String

    /// Bytes that are in memory at a time.
    private static let piece = 256 << 10

    /// - Throws: 404 if the file is gone, 416 for a range outside of it.
    func response(to request: HTTPRequest) async throws -> Response {
        let pieces = FilePieces()
        let size: Int
        do {
            size = try await pieces.open(path)
        } catch {
            throw APIError.notFound("\(error.description).")
        }
        var headers: HTTPFields = [.eTag: tag, .acceptRanges: "bytes", .contentType: contentType]
        headers[.cacheControl] = "private, no-cache"
        if request.headerFields[.ifNoneMatch].map(isNamed) == true {
            return Response(status: .notModified, headers: [.eTag: tag])
        }
        switch range(of: request, size: size) {
        case .whole:
            return Response(status: .ok, headers: headers, body: Self.body(pieces, 0..<size))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: Self.body(pieces, part))
        case .unsatisfiable:
            throw APIError(
                .rangeNotSatisfiable, "range_not_satisfiable", "The file has \(size) bytes; none is in the range.",
                headers: [.contentRange: "bytes */\(size)"])
        }
    }

    /// Ranges are GET's alone, and count only while the client has the same file.
    private func range(of request: HTTPRequest, size: Int) -> ByteRange {
        guard request.method == .get else { return .whole }
        if let condition = request.headerFields[.ifRange], condition != tag { return .whole }
        return ByteRange(header: request.headerFields[.range], size: size)
    }

    private func isNamed(in header: String) -> Bool {
        header.split(separator: ",").contains { entry in
            let entry = entry.trimmingCharacters(in: .whitespaces)
            return entry == "*" || entry == tag || entry == "W/\(tag)"
        }
    }

    private static func body(_ pieces: FilePieces, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
                let bytes = try await pieces.bytes(start..<min(start + piece, range.upperBound))
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
    }
}
