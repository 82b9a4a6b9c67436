import DaemonConfiguration
import Glibc
import HTTPTypes
import Hummingbird
import Pipeline

/// Writes the body of a request to a file in a drop folder.
struct Upload: Sendable {
    let dropFolder: DropFolderSettings
    let name: String
    /// The maximum size in bytes.
    let maximumSize: Int

    /// - Throws: `APIError` or `UploadError`; no part of the file is kept then.
    func receive(_ request: APIRequest) async throws -> UploadFile.Result {
        let announced = try length(request.request.headers)
        let file = UploadFile(folder: dropFolder.folder, name: name)
        do {
            try await file.begin()
            try await request.connection.sendContinue(for: request.request)
            for try await chunk in request.request.body {
                guard await file.count + chunk.readableBytes <= maximumSize else { throw tooLarge }
                try await file.write(chunk)
            }
            let count = await file.count
            // A closed connection looks like the end of the body.
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

    /// - Returns: the announced size; nil for a chunked body, which marks its own end.
    private func length(_ headers: HTTPFields) throws(APIError) -> Int? {
        if headers.contains(.transferEncoding) { return nil }
        guard let text = headers[.contentLength], let length = Int(text) else {
            throw APIError(
                .lengthRequired, "length_required", "An upload needs Content-Length or chunked transfer coding.")
        }
        guard length <= maximumSize else { throw tooLarge }
        return length
    }

    private var tooLarge: APIError {
        .tooLarge("An upload has at most \(ByteCount.text(maximumSize)); http.largest-upload says so.")
    }
}

/// Checks the names of uploaded files.
enum UploadName {
    /// The maximum length in bytes, which leaves room for the additions to a staged file's name.
    static let maximumLength = 200

    /// - Parameter names: the drop folder's patterns.
    /// - Throws: 422 for a name that leads to another folder, contains unprintable characters, or would not be taken as
    ///   a video.
    static func check(_ name: String, _ names: NamePatterns) throws(APIError) {
        guard !name.isEmpty, name.utf8.count <= maximumLength else {
            throw .unprocessable("The name of a file has 1 to \(maximumLength) bytes.")
        }
        guard !name.contains("/") else { throw .unprocessable("The name of a file has no / in it.") }
        guard !name.hasPrefix(".") else { throw .unprocessable("The name of a file does not begin with a dot.") }
        guard !name.unicodeScalars.contains(where: isControl) else {
            throw .unprocessable("The name of a file has no control characters in it.")
        }
        if let reason = names.refusal(name) ?? names.fileRefusal(name) {
            throw .unprocessable("Files with such a name are ignored: \(reason).")
        }
    }

    /// Control characters, and those that change the direction of the text around them.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }
}

/// The response to an upload.
struct UploadResponse: Encodable {
    var path: String
    var bytes: Int
    /// The SHA-256 of the file.
    var content: String
    /// The job for this content with the drop folder's settings; nil until the file has become a job.
    var job: Int64?

    private enum CodingKeys: CodingKey {
        case path, bytes, content, job
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(content, forKey: .content)
        // Encoded even if it is nil.
        try container.encode(job, forKey: .job)
    }
}

/// Why an uploaded file could not be kept.
struct UploadError: Error, Sendable, Equatable {
    enum Kind: Sendable {
        case nameTaken
        case diskFull
        /// The folder is missing or not writable.
        case folder
    }

    var kind: Kind
    var path: String
    /// One clause without a full stop.
    var reason: String

    init(_ kind: Kind, _ path: String, _ reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// - Parameter systemError: an `errno` value.
    init(_ path: String, _ action: String, systemError: Int32) {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(systemError)
        self.init(isFull ? .diskFull : .folder, path, "\(action): \(String(cString: strerror(systemError)))")
    }
}

extension UploadError: CustomStringConvertible {
    var description: String { "\(path): \(reason)" }
}
