import Files
import FoundationEssentials
import Glibc

/// What an unfinished `trust` has measured: a header with everything that the figures depend on, then one line of JSON
/// for each measurement, in a folder beside the output. The same command continues from it.
///
/// A line that a killed process left incomplete is measured again. One process at a time may use the folder.
final class TrustJournal {
    /// The first line. A journal with another header is not continued.
    struct Header: Codable, Equatable {
        var schema = 2
        var saliencyd: String
        /// SHA-256 of the clip `[T, H, W, C]` that enters the network, as float32.
        var clip: String
        var shape: [Int]
        /// The model's SHA-256.
        var model: String
        var target: Int
        /// The methods with their settings, in the report's order.
        var methods: [String]
        var settings: TrustResult.Settings
    }

    private struct Line<Value: Codable>: Codable {
        var key: String
        var value: Value
    }

    private struct Key: Decodable {
        var key: String
    }

    /// The maximum size in bytes; a method takes less than a megabyte.
    private static let largestFile = 1 << 30

    private let folder: WorkFolder
    private let path: String
    private let file: ResumableFile
    private var lines: [String: Data] = [:]
    /// Whether this is the journal of the job, not one that was refused.
    private var isOwn = false

    /// The folder of an output's journal.
    static func folder(of output: String) -> String {
        var plain = output
        while plain.count > 1, plain.hasSuffix("/") { plain.removeLast() }
        return plain + ".unfinished"
    }

    /// Opens the journal of an output, or creates it.
    ///
    /// - Parameter isReplacing: whether a journal with another header is replaced.
    /// - Throws: `FileError`, with the code `exists` if there is a journal with another header, or if another process
    ///   uses it.
    init(of output: String, header: Header, isReplacing: Bool) throws(FileError) {
        folder = try WorkFolder(Self.folder(of: output))
        path = folder.file("journal.jsonl")
        file = try ResumableFile(path)
        let size = try file.size
        guard size <= Self.largestFile else {
            throw FileError(.cannotOpen, path, "is larger than \(Self.largestFile >> 20) MB; remove it")
        }
        let bytes = size > 0 ? try ReadableFile(path).bytes(at: 0, count: size) : []
        let found = bytes.split(separator: UInt8(ascii: "\n")).map { Data($0) }
        let earlier = found.first.flatMap { try? Self.decoder.decode(Header.self, from: $0) }
        let isSame = earlier == header
        // A journal without measurements has nothing to lose.
        let isEmpty = found.isEmpty || earlier != nil && found.count == 1
        guard isSame || isEmpty || isReplacing else {
            throw FileError(
                .exists, folder.path,
                "holds what was measured of another clip or model, or with other settings; repeat that command to "
                    + "continue it, remove the folder, or replace it with --force")
        }
        guard isSame else {
            try file.restart()
            try append(header)
            isOwn = true
            return
        }
        // Ends a line that was left incomplete.
        if bytes.last != UInt8(ascii: "\n") { try append([UInt8(ascii: "\n")]) }
        for line in found.dropFirst() {
            if let key = try? Self.decoder.decode(Key.self, from: line) { lines[key.key] = line }
        }
        isOwn = true
    }

    deinit {
        // Nothing has been measured that a later run could use.
        if isOwn, lines.isEmpty { remove() }
    }

    /// An earlier measurement; nil if there is none.
    func value<Value: Codable>(_ key: String, as type: Value.Type) -> Value? {
        lines[key].flatMap { try? Self.decoder.decode(Line<Value>.self, from: $0) }?.value
    }

    /// Keeps a measurement.
    func keep(_ value: some Codable, as key: String) throws(FileError) {
        lines[key] = try append(Line(key: key, value: value))
    }

    /// Removes the journal and its folder.
    func remove() {
        unlink(path.fileBytes)
        rmdir(folder.path.fileBytes)
    }

    @discardableResult private func append(_ value: some Encodable) throws(FileError) -> Data {
        let line: Data
        do {
            line = try JSONEncoder.sorted(.nonFinite).encode(value)
        } catch {
            throw FileError(.cannotWrite, path, "a measurement cannot be written as JSON: \(error)")
        }
        try append(Array(line) + [UInt8(ascii: "\n")])
        return line
    }

    private func append(_ bytes: [UInt8]) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { bytes in
            do throws(FileError) { try file.append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
