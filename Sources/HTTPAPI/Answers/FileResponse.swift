import Files
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// A response with a file or the requested range of it.
struct FileResponse: Sendable {
    let path: String
    /// The folder below which links to the file are not followed.
    let folder: String
    let contentType: String
    /// The ETag with its quotation marks.
    let tag: String
    let connection: ConnectionContext
    let limits: HTTPLimits
    let clock: any Clock<Duration>

    /// The size of the chunks in memory, in bytes.
    private static let chunkSize = 64 << 10

    /// - Throws: 404 if the file is missing or no longer belongs to the daemon, 416 for a range outside of it.
    func response(to request: HTTPRequest) async throws -> Response {
        let chunks = FileChunks()
        let size: Int
        do {
            size = try await chunks.open(path, below: folder)
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
            return Response(status: .ok, headers: headers, body: body(chunks, 0..<size))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: body(chunks, part))
        case .unsatisfiable:
            throw APIError(
                .rangeNotSatisfiable, "range_not_satisfiable", "The file has \(size) bytes; none is in the range.",
                headers: [.contentRange: "bytes */\(size)"])
        }
    }

    /// The requested range. Ranges apply only to GET, and only if the client has the same version of the file.
    private func range(of request: HTTPRequest, size: Int) -> ByteRange {
        guard request.method == .get else { return .whole }
        if let condition = request.headerFields[.ifRange], condition != tag { return .whole }
        return ByteRange(header: request.headerFields[.range], size: size)
    }

    private func isNamed(in header: String) -> Bool {
        header.split(separator: ",").contains { entry in
            let entry = entry.trimmed()
            return entry == "*" || entry == tag || entry == "W/\(tag)"
        }
    }

    /// The body. Closes the connection of a client that does not accept a chunk in time, which frees its slot.
    private func body(_ chunks: FileChunks, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            try await connection.limitUnsentData()
            let detector = StallDetector()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    if await detector.detectsStall(timeout: limits.downloadTimeout, clock: clock) { connection.close() }
                }
                for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.chunkSize) {
                    let bytes = try await chunks.bytes(start..<min(start + Self.chunkSize, range.upperBound))
                    detector.begin()
                    try await writer.write(bytes)
                    detector.end()
                }
                group.cancelAll()
            }
            try await writer.finish(nil)
        }
    }
}
