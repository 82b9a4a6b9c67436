import Files
import FoundationEssentials

/// Files with results. In JSON keys are sorted, so that equal results have equal bytes.
enum ResultFile {
    /// Writes `value` as JSON; the file appears only when it is complete.
    static func write(_ value: some Encodable, to path: String, replacing: Bool) throws(FileError) {
        let data: Data
        do {
            data = try JSONEncoder.sorted([.snakeCase, .pretty, .nonFinite]).encode(value)
        } catch {
            throw FileError(.cannotWrite, path, "its result cannot be written as JSON: \(error)")
        }
        try write(bytes: Array(data) + [UInt8(ascii: "\n")], to: path, replacing: replacing)
    }

    /// Writes text as UTF-8; the file appears only when it is complete.
    static func write(text: String, to path: String, replacing: Bool) throws(FileError) {
        try write(bytes: Array(text.utf8), to: path, replacing: replacing)
    }

    private static func write(bytes: [UInt8], to path: String, replacing: Bool) throws(FileError) {
        let file = try AtomicFile(path, replacing: replacing)
        try file.write(bytes)
        try file.commit()
    }

    /// Reads a value that `write` wrote.
    static func read<Value: Decodable>(_ type: Value.Type, json: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: json)
    }
}
