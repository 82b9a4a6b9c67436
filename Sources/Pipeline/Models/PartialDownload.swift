import Engine
import Files
import Glibc
import Synchronization
import WebClient

/// The downloaded part of a file: its bytes in `NAME.part` and the server's validator of this version in
/// `NAME.part.tag`, so that two versions are never joined.
final class PartialDownload: Sendable {
    /// A request for the bytes from `offset` on of the version that `validator` identifies.
    struct Resumption: Equatable {
        var offset: Int
        var validator: String
    }

    /// The meaning of a server's response.
    enum Answer: Equatable {
        /// The body follows.
        case body
        /// The file is already complete.
        case nothingLeft
        /// Another request may succeed.
        case later(reason: String)
        case refused(reason: String)
        /// It is not the requested file.
        case otherFile(reason: String)
    }

    private let file: ResumableFile
    private let tagPath: String
    /// The maximum size of the file in bytes.
    private let largestSize: Int
    /// The file's size that the server states.
    private let announcedSize = Mutex<Int?>(nil)

    /// Opens the partial file of an earlier run, or creates it.
    ///
    /// - Parameter largestSize: the maximum size in bytes, independent of the server's statement.
    init(_ path: String, largestSize: Int) throws(ModelError) {
        self.largestSize = largestSize
        tagPath = path + ".part.tag"
        do throws(FileError) {
            file = try ResumableFile(path + ".part")
            if try file.size > largestSize { try file.restart() }
        } catch {
            throw ModelError(error)
        }
    }

    var path: String { file.path }
    var expectedSize: Int? { announcedSize.withLock { $0 } }

    var size: Int {
        get throws(ModelError) {
            do throws(FileError) { return try file.size } catch { throw ModelError(error) }
        }
    }

    /// The resumption for the next request; nil if the file must be requested from the beginning.
    func resumption() throws(ModelError) -> Resumption? {
        let offset = try size
        guard offset > 0, let tag = try? ReadableFile(tagPath).contents(limit: 1024),
            let validator = String(validating: tag, as: UTF8.self), Self.isValidator(validator)
        else { return nil }
        return Resumption(offset: offset, validator: validator)
    }

    /// Prepares the partial file for the response's body.
    func begin(with response: WebResponse) throws(ModelError) -> Answer {
        let offset = try size
        let length = response.header("Content-Length").flatMap { Int($0) }
        let range = response.header("Content-Range").flatMap(ContentRange.init)
        switch response.status {
        case 200:
            try restart(validator: Self.validator(of: response))
            return accept(size: length)
        case 206:
            guard let range, range.start == offset else {
                return .refused(reason: "answers with another range than was asked for")
            }
            return accept(size: range.size)
        case 416 where range?.size == offset:
            return .nothingLeft
        case 416:
            // The server's file is shorter than the partial one, so it is another version.
            try restart(validator: nil)
            return .later(reason: "the file has changed")
        case 408, 425, 429, 500, 502, 503, 504:
            return .later(reason: "the server answers with status \(response.status)")
        case 404, 410:
            return .refused(reason: "is not there (status \(response.status))")
        default:
            return .refused(reason: "the server answers with status \(response.status)")
        }
    }

    /// Appends a chunk of a body that `begin` accepted.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ModelError) {
        guard try size <= largestSize - bytes.count else {
            throw ModelError(.checksum, "is longer than the \(largestSize) bytes of the published file", file: path)
        }
        do throws(FileError) { try file.append(bytes) } catch { throw ModelError(error) }
    }

    /// Discards the downloaded bytes.
    func restart(validator: String?) throws(ModelError) {
        do throws(FileError) {
            try file.restart()
            unlink(tagPath)
            guard let validator else { return }
            let tag = try AtomicFile(tagPath, replacing: true)
            try tag.write(Array(validator.utf8))
            try tag.commit()
        } catch {
            throw ModelError(error)
        }
    }

    /// Renames the complete file to its destination.
    func commit(as destination: String) throws(ModelError) {
        do throws(FileError) { try file.commit(as: destination) } catch { throw ModelError(error) }
        unlink(tagPath)
    }

    private func accept(size: Int?) -> Answer {
        if let size, size > largestSize {
            return .otherFile(reason: "has \(size) bytes, where the published file has at most \(largestSize)")
        }
        announcedSize.withLock { $0 = size }
        return .body
    }

    /// A strong entity tag, or else the date (RFC 9110, section 13.1.5: weak tags do not guarantee identical bytes).
    private static func validator(of response: WebResponse) -> String? {
        if let tag = response.header("ETag"), !tag.hasPrefix("W/"), isValidator(tag) { return tag }
        return response.header("Last-Modified").flatMap { isValidator($0) ? $0 : nil }
    }

    /// Only printable ASCII, because it is sent in a header again.
    private static func isValidator(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
