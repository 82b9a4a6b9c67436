import Engine
import Files
import Foundation
import FoundationNetworking
import Synchronization

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

    private struct State {
        /// The file's size as the server states it.
        var expectedSize: Int?
        /// Whether what comes is the file.
        var takesBody = false
    }

    private let file: ResumableFile
    private let tagPath: String
    /// No file may be longer.
    private let largestSize: Int
    private let state = Mutex(State())

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
    var expectedSize: Int? { state.withLock { $0.expectedSize } }

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
    func begin(with response: HTTPURLResponse) throws(ModelError) -> Answer {
        let offset = try size
        let length = response.value(forHTTPHeaderField: "Content-Length").flatMap { Int($0) }
        let range = response.value(forHTTPHeaderField: "Content-Range").flatMap(ContentRange.init)
        switch response.statusCode {
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
            return .later(reason: "the server answers with status \(response.statusCode)")
        case 404, 410:
            return .refused(reason: "is not there (status \(response.statusCode))")
        default:
            return .refused(reason: "the server answers with status \(response.statusCode)")
        }
    }

    /// - Returns: whether the bytes belong to the file (and not to an error page).
    func append(_ data: Data) throws(ModelError) -> Bool {
        guard state.withLock({ $0.takesBody }) else { return false }
        guard try size <= largestSize - data.count else {
            throw ModelError(.checksum, "is longer than the \(largestSize) bytes of the published file", file: path)
        }
        var failure: FileError?
        data.withUnsafeBytes { bytes in
            do throws(FileError) { try file.append(bytes) } catch { failure = error }
        }
        if let failure { throw ModelError(failure) }
        return true
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
        state.withLock {
            $0.expectedSize = size
            $0.takesBody = true
        }
        return .body
    }

    /// A strong entity tag, or else the date (RFC 9110, section 13.1.5: weak tags do not vouch for bytes).
    private static func validator(of response: HTTPURLResponse) -> String? {
        if let tag = response.value(forHTTPHeaderField: "ETag"), !tag.hasPrefix("W/"), isValidator(tag) { return tag }
        return response.value(forHTTPHeaderField: "Last-Modified").flatMap { isValidator($0) ? $0 : nil }
    }

    /// Goes into a header again: printable ASCII.
    private static func isValidator(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
