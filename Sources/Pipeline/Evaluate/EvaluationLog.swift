import Concurrency
import Files
import FoundationEssentials
import Glibc
import Media

/// `clips.jsonl`: a header with the evaluation's settings, then a line for each finished clip, so that a later run can
/// continue.
///
/// An incomplete last line is removed when the file is opened.
actor EvaluationLog {
    /// The first line; a file of a different evaluation is not continued.
    struct Header: Codable, Equatable {
        var schema = 1
        /// The model's SHA-256.
        var model: String
        /// The division of clips into windows.
        var sampling: String
        /// The measured methods and their settings; nil for none.
        var evidence: String?
    }

    /// The maximum size in bytes; a clip takes some hundreds.
    static let largestFile = 1 << 30

    private let executor = ThreadExecutor(name: "evaluation")
    private let path: String
    private var descriptor: Int32 = -1

    init(path: String) {
        self.path = path
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens or creates the file and returns its contents: the last line of each clip.
    ///
    /// - Throws: `MediaError` if it cannot be read or written, or belongs to a different evaluation.
    func open(_ header: Header) throws(MediaError) -> [String: ClipEvaluation] {
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw MediaError(.cannotWrite, "is being written by another evaluation", file: path)
        }
        let bytes: [UInt8]
        do throws(FileError) {
            let file = try ReadableFile(path)
            guard file.size <= Self.largestFile else {
                throw FileError(.cannotOpen, path, "is larger than \(Self.largestFile >> 20) MB")
            }
            bytes = try file.bytes(at: 0, count: file.size)
        } catch {
            throw MediaError(error)
        }
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard ftruncate(descriptor, off_t(whole)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw failure("cannot be written")
        }
        let lines = bytes[..<whole].split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first else {
            try append(header)
            return [:]
        }
        guard (try? JSONDecoder().decode(Header.self, from: Data(first))) == header else {
            throw MediaError(
                .outputExists, "is of another model, of clips cut otherwise or of other methods; choose another folder",
                file: path)
        }
        var clips: [String: ClipEvaluation] = [:]
        for (number, line) in lines.dropFirst().enumerated() {
            guard let clip = try? JSONDecoder().decode(ClipEvaluation.self, from: Data(line)) else {
                throw MediaError(.notMedia, "line \(number + 2) is no clip's", file: path)
            }
            clips[clip.clip] = clip
        }
        return clips
    }

    /// Appends a clip as one complete line.
    func append(_ clip: ClipEvaluation) throws(MediaError) {
        try append(clip as any Encodable)
    }

    private func append(_ value: any Encodable) throws(MediaError) {
        guard let data = try? JSONEncoder.sorted().encode(value) else {
            throw MediaError(.cannotWrite, "a clip's result cannot be written as JSON", file: path)
        }
        let line = Array(data) + [UInt8(ascii: "\n")]
        guard write(descriptor, line, line.count) == line.count else {
            // An incomplete line is removed when the file is opened again.
            throw failure("cannot be written")
        }
    }

    private func failure(_ action: String) -> MediaError {
        MediaError(.cannotWrite, "\(action): \(String(cString: strerror(errno)))", file: path)
    }
}
