import Files
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// A file as the answer to a request: all of it, or the range that was asked for.
struct FileResponse: Sendable {
    let path: String
    /// Below which no link leads to the file.
    let folder: String
    let contentType: String
    /// With its quotation marks.
    let tag: String
    let connection: ConnectionContext
    let limits: HTTPLimits
    let clock: any Clock<Duration>

    /// Bytes that are in memory at a time.
    private static let piece = 64 << 10

    /// - Throws: 404 if the file is gone or no longer the daemon's own, 416 for a range outside of it.
    func response(to request: HTTPRequest) async throws -> Response {
        let pieces = FilePieces()
        let size: Int
        do {
            size = try await pieces.open(path, below: folder)
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
            return Response(status: .ok, headers: headers, body: body(pieces, 0..<size))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: body(pieces, part))
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
            let entry = entry.trimmed()
            return entry == "*" || entry == tag || entry == "W/\(tag)"
        }
    }

    /// Ends the connection of a client that takes no piece in time: its place is another's then.
    private func body(_ pieces: FilePieces, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            try await connection.limitUnsent()
            let guardian = WriteGuardian()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    if await guardian.findsStall(timeout: limits.downloadTimeout, clock: clock) { connection.close() }
                }
                for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.piece) {
                    let bytes = try await pieces.bytes(start..<min(start + Self.piece, range.upperBound))
                    guardian.begin()
                    try await writer.write(bytes)
                    guardian.end()
                }
                group.cancelAll()
            }
            try await writer.finish(nil)
        }
    }
}
