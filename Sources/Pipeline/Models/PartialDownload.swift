import Engine
import Files
import Glibc
import Synchronization
import WebClient

/// What of a file has come so far: its bytes in `NAME.part`, and beside them, in `NAME.part.tag`, what the server calls
/// this version of it, so that no two versions are joined.
final class PartialDownload: Sendable {
    /// What to ask the server for: bytes from `offset` on, of the version that `validator` names.
    struct Resumption: Equatable {
        var offset: Int
        var validator: String
    }

    /// What a server's answer means.
    enum Answer: Equatable {
        /// The body follows.
        case body
        /// The file is there already.
        case nothingLeft
        /// Worth another request.
        case later(reason: String)
        case refused(reason: String)
        /// Not the file that is wanted.
        case otherFile(reason: String)
    }

    private let file: ResumableFile
    private let tagPath: String
    /// No file may be longer.
    private let largestSize: Int
    /// The file's size as the server states it.
    private let announcedSize = Mutex<Int?>(nil)

    /// Opens what an earlier run left, or begins.
    ///
    /// - Parameter largestSize: more bytes than that are refused, whatever the server announces.
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

    /// Nil where the file has to be asked for from the beginning.
    func resumption() throws(ModelError) -> Resumption? {
        let offset = try size
        guard offset > 0, let tag = try? ReadableFile(tagPath).contents(limit: 1024),
            let validator = String(validating: tag, as: UTF8.self), Self.isValidator(validator)
        else { return nil }
        return Resumption(offset: offset, validator: validator)
    }

    /// Makes the partial file ready for the answer's body.
    func begin(with response: WebResponse) throws(ModelError) -> Answer {
        let offset = try size
        let length = response.header("Content-Length").flatMap { Int($0) }
        let range = response.header("Content-Range").flatMap(ContentRange.init)
        switch response.status {
        case 200:
            try restart(validator: Self.validator(of: response))
            return take(size: length)
        case 206:
            guard let range, range.start == offset else {
                return .refused(reason: "answers with another range than was asked for")
            }
            return take(size: range.size)
        case 416 where range?.size == offset:
            return .nothingLeft
        case 416:
            // The file there is shorter than what is here: another one.
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

    /// Appends a piece of the body that `begin` found to be the file's.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ModelError) {
        guard try size <= largestSize - bytes.count else {
            throw ModelError(.checksum, "is longer than the \(largestSize) bytes of the published file", file: path)
        }
        do throws(FileError) { try file.append(bytes) } catch { throw ModelError(error) }
    }

    /// Throws away what is there.
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

    /// Gives the complete file its name.
    func commit(as destination: String) throws(ModelError) {
        do throws(FileError) { try file.commit(as: destination) } catch { throw ModelError(error) }
        unlink(tagPath)
    }

    private func take(size: Int?) -> Answer {
        if let size, size > largestSize {
            return .otherFile(reason: "has \(size) bytes, where the published file has at most \(largestSize)")
        }
        announcedSize.withLock { $0 = size }
        return .body
    }

    /// A strong entity tag, or else the date (RFC 9110, section 13.1.5: weak tags do not vouch for bytes).
    private static func validator(of response: WebResponse) -> String? {
        if let tag = response.header("ETag"), !tag.hasPrefix("W/"), isValidator(tag) { return tag }
        return response.header("Last-Modified").flatMap { isValidator($0) ? $0 : nil }
    }

    /// Goes into a header again: printable ASCII.
    private static func isValidator(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
