import DaemonConfiguration
import HTTPTypes
import Hummingbird
import Pipeline

/// One upload, from the body of a request to a file in a watched folder.
struct Upload: Sendable {
    let watch: DropFolderSettings
    let name: String
    /// Bytes.
    let most: Int

    /// - Throws: `APIError` and `UploadError`; then nothing is left of the file.
    func receive(_ request: APIRequest) async throws -> UploadFile.Result {
        let announced = try length(request.request.headers)
        let file = UploadFile(folder: watch.folder, name: name)
        do {
            try await file.begin()
            try await request.connection.invite(request.request)
            for try await piece in request.request.body {
                guard await file.count + piece.readableBytes <= most else { throw tooLarge }
                try await file.write(piece)
            }
            let count = await file.count
            // A connection that ends looks like the end of the body.
            guard announced == nil || announced == count, !Task.isCancelled else {
                throw APIError.badRequest("The upload broke off after \(count) bytes; nothing of it was kept.")
            }
            guard count > 0 else { throw APIError.unprocessable("The body is empty; it has to be the video.") }
            return try await file.finish()
        } catch {
            await file.discard()
            throw error
        }
    }

    /// - Returns: nil for a body in chunks, which says where it ends.
    private func length(_ headers: HTTPFields) throws(APIError) -> Int? {
        if headers.contains(.transferEncoding) { return nil }
        guard let text = headers[.contentLength], let length = Int(text) else {
            throw APIError(
                .lengthRequired, "length_required", "An upload says its size in Content-Length, or comes in chunks.")
        }
        guard length <= most else { throw tooLarge }
        return length
    }

    private var tooLarge: APIError {
        .tooLarge("An upload has at most \(ByteCount.text(most)); http.largest-upload says so.")
    }
}
