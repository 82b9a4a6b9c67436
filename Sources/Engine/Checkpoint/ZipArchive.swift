import Files

/// A zip archive whose entries are stored, not compressed, as PyTorch and NumPy write it; with the 64-bit extensions.
///
/// Entries are described by the central directory alone; of a local header only its length is used. (PKWARE, APPNOTE
/// 6.3.10.)
struct ZipArchive: Sendable {
    struct Entry: Sendable {
        var name: String
        /// 0 is stored.
        var method: UInt16
        var size: Int
        var compressedSize: Int
        /// Of the local header, in bytes.
        var headerOffset: Int
        /// CRC-32 of the content.
        var checksum: UInt32
    }

    let file: ReadableFile
    let entries: [String: Entry]

    private static let localHeader: UInt32 = 0x0403_4B50
    private static let directoryHeader: UInt32 = 0x0201_4B50
    private static let endRecord: UInt32 = 0x0605_4B50
    private static let endRecord64: UInt32 = 0x0606_4B50
    private static let locator64: UInt32 = 0x0706_4B50
    /// In bytes.
    private static let maximumDirectorySize = 16 << 20

    init(_ file: ReadableFile) throws(ModelError) {
        self.file = file
        let (offset, size, count) = try Self.directory(of: file)
        guard size <= Self.maximumDirectorySize, count <= size / 46 else {
            throw ModelError(.malformed, "has an impossible zip directory", file: file.path)
        }
        var reader = ByteReader(try file.modelBytes(at: offset, count: size), file: file.path)
        var entries: [String: Entry] = [:]
        for _ in 0..<count {
            let entry = try Self.entry(&reader)
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw reader.malformed("holds two files named \(entry.name)")
            }
        }
        self.entries = entries
    }

    /// The byte offset of a stored entry's content; checks that the content lies inside the file.
    func contentOffset(of entry: Entry) throws(ModelError) -> Int {
        guard entry.method == 0, entry.size == entry.compressedSize else {
            throw ModelError(
                .malformed,
                "holds \(entry.name) compressed; only uncompressed archives are read, as torch.save and numpy.savez write them",
                file: file.path)
        }
        var header = ByteReader(try file.modelBytes(at: entry.headerOffset, count: 30), file: file.path)
        guard try header.integer(UInt32.self) == Self.localHeader else {
            throw header.malformed("has no zip header where its directory places \(entry.name)")
        }
        _ = try header.slice(22)
        let nameLength = Int(try header.integer(UInt16.self))
        let extraLength = Int(try header.integer(UInt16.self))
        let offset = entry.headerOffset + 30 + nameLength + extraLength
        guard offset <= file.size, entry.size <= file.size - offset else {
            throw ModelError(.truncated, "ends inside \(entry.name)", file: file.path)
        }
        return offset
    }

    /// The content of a small entry; checks its checksum.
    func contents(of entry: Entry, limit: Int) throws(ModelError) -> [UInt8] {
        guard entry.size <= limit else {
            throw ModelError(
                .malformed, "holds \(entry.name) of \(entry.size) bytes, too many to be read", file: file.path)
        }
        let bytes = try file.modelBytes(at: contentOffset(of: entry), count: entry.size)
        guard bytes.withUnsafeBytes({ Checksum.crc32($0) }) == entry.checksum else {
            throw ModelError(.checksum, "holds \(entry.name) damaged: its CRC-32 is wrong", file: file.path)
        }
        return bytes
    }

    /// Reads a whole entry and checks its CRC-32.
    func check(_ entry: Entry, variable: String) throws(ModelError) {
        let start = try contentOffset(of: entry)
        let chunk = 1 << 20
        var checksum: UInt32 = 0
        for offset in stride(from: 0, to: entry.size, by: chunk) {
            let bytes = try file.modelBytes(at: start + offset, count: min(chunk, entry.size - offset))
            checksum = bytes.withUnsafeBytes { Checksum.crc32($0, continuing: checksum) }
        }
        try check(checksum, of: entry, variable: variable)
    }

    func check(_ checksum: UInt32, of entry: Entry, variable: String) throws(ModelError) {
        guard checksum == entry.checksum else {
            throw ModelError(
                .checksum, "its values are damaged: the CRC-32 of \(entry.name) is wrong", file: file.path,
                variable: variable)
        }
    }

    /// The offset and size of the central directory, in bytes, and the number of its entries.
    private static func directory(of file: ReadableFile) throws(ModelError) -> (offset: Int, size: Int, count: Int) {
        // The end record has 22 bytes and a comment of at most 65,535; the 64-bit locator's 20 bytes precede it.
        let tailSize = min(file.size, 22 + 65_535 + 20)
        let tailStart = file.size - tailSize
        let tail = try file.modelBytes(at: tailStart, count: tailSize)
        guard let start = lastEndRecord(in: tail) else {
            throw ModelError(.truncated, "ends before the directory of its zip archive", file: file.path)
        }
        let whole = ByteReader(tail, file: file.path)
        var end = try whole.part(at: start, count: 22)
        _ = try end.slice(10)
        let count = Int(try end.integer(UInt16.self))
        let size = Int(try end.integer(UInt32.self))
        let offset = Int(try end.integer(UInt32.self))
        guard start >= 20 else { return (offset, size, count) }
        var locator = try whole.part(at: start - 20, count: 20)
        guard try locator.integer(UInt32.self) == locator64 else { return (offset, size, count) }
        _ = try locator.integer(UInt32.self)
        let place = Int(exactly: try locator.integer(UInt64.self)) ?? -1
        var end64 = ByteReader(try file.modelBytes(at: place, count: 56), file: file.path)
        guard try end64.integer(UInt32.self) == endRecord64 else {
            throw end64.malformed("has no zip64 record where its locator places one")
        }
        _ = try end64.slice(28)
        let fields = try (end64.integer(UInt64.self), end64.integer(UInt64.self), end64.integer(UInt64.self))
        guard let count = Int(exactly: fields.0), let size = Int(exactly: fields.1), let offset = Int(exactly: fields.2)
        else { throw end64.malformed("has an impossible zip directory") }
        return (offset, size, count)
    }

    /// The last signature whose comment reaches exactly to the file's end.
    private static func lastEndRecord(in tail: [UInt8]) -> Int? {
        guard tail.count >= 22 else { return nil }
        return (0...(tail.count - 22)).last { start in
            (0..<4).allSatisfy { tail[start + $0] == UInt8(truncatingIfNeeded: endRecord >> UInt32(8 * $0)) }
                && Int(tail[start + 20]) | Int(tail[start + 21]) << 8 == tail.count - start - 22
        }
    }

    private static func entry(_ reader: inout ByteReader) throws(ModelError) -> Entry {
        guard try reader.integer(UInt32.self) == directoryHeader else {
            throw reader.malformed("has a damaged zip directory")
        }
        _ = try reader.slice(4)
        let flags = try reader.integer(UInt16.self)
        let method = try reader.integer(UInt16.self)
        _ = try reader.slice(4)
        let checksum = try reader.integer(UInt32.self)
        let compressedSize = try reader.integer(UInt32.self)
        let size = try reader.integer(UInt32.self)
        let nameLength = Int(try reader.integer(UInt16.self))
        let extraLength = Int(try reader.integer(UInt16.self))
        let commentLength = Int(try reader.integer(UInt16.self))
        _ = try reader.slice(8)
        let offset = try reader.integer(UInt32.self)
        guard nameLength <= 1024 else { throw reader.malformed("holds a file with a name of \(nameLength) bytes") }
        let name = String(decoding: try reader.slice(nameLength), as: UTF8.self)
        var extra = try reader.part(extraLength)
        _ = try reader.slice(commentLength)
        guard flags & 1 == 0 else { throw reader.malformed("holds \(name) encrypted") }
        var wide = try zip64Fields(&extra)
        // The value of each field that is all ones is in the extra field, in this order.
        func resolved(_ field: UInt32) throws(ModelError) -> Int {
            guard field == .max else { return Int(field) }
            guard var next = wide, let value = Int(exactly: try next.integer(UInt64.self)) else {
                throw extra.malformed("has a zip entry of impossible size: \(name)")
            }
            wide = next
            return value
        }
        return Entry(
            name: name, method: method, size: try resolved(size), compressedSize: try resolved(compressedSize),
            headerOffset: try resolved(offset), checksum: checksum)
    }

    /// The content of extra field 1, if there is one.
    private static func zip64Fields(_ extra: inout ByteReader) throws(ModelError) -> ByteReader? {
        while extra.remaining >= 4 {
            let kind = try extra.integer(UInt16.self)
            let content = try extra.part(Int(try extra.integer(UInt16.self)))
            if kind == 1 { return content }
        }
        return nil
    }
}
