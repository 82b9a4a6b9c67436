/// LevelDB's table format, as TensorFlow uses it for a checkpoint's index: sorted keys with values, in blocks.
///
/// A file consists of blocks, each followed by a compression byte and a masked CRC-32C, and a footer of 48 bytes:
/// offset and size of the meta-index block and of the index block as varints, padded to 40 bytes, and a magic number.
/// The index block's values are offsets and sizes of the data blocks. (LevelDB, `doc/table_format.md`; TensorFlow,
/// `tsl/lib/io/format.cc`.)
struct SortedTable {
    /// In ascending order of keys.
    let entries: [(key: [UInt8], value: ByteReader)]

    static let footerSize = 48
    /// The file's last eight bytes, little-endian.
    static let magic: UInt64 = 0xdb47_7524_8b80_fb57

    // With prefix compression a few bytes can stand for many long keys; these limits bound the memory. A network has a
    // few thousand variables at most, with names of about a hundred bytes.
    private static let maximumKeyLength = 1024
    private static let maximumEntries = 65_536

    init(_ bytes: [UInt8], file: String) throws(ModelError) {
        let whole = ByteReader(bytes, file: file)
        guard bytes.count >= Self.footerSize else {
            throw ModelError(.truncated, "is too short to be a TensorFlow index file", file: file)
        }
        var footer = try whole.part(at: bytes.count - Self.footerSize, count: Self.footerSize)
        var tail = try whole.part(at: bytes.count - 8, count: 8)
        guard try tail.integer(UInt64.self) == Self.magic else {
            throw ModelError(
                .truncated, "does not end as a TensorFlow index file does: it is cut short or another kind of file",
                file: file)
        }
        _ = try BlockHandle(&footer)
        let index = try BlockHandle(&footer)
        var entries: [(key: [UInt8], value: ByteReader)] = []
        try Self.forEachEntry(of: index, in: whole) { _, handle throws(ModelError) in
            var handle = handle
            try Self.forEachEntry(of: BlockHandle(&handle), in: whole) { key, value throws(ModelError) in
                if let last = entries.last, !last.key.lexicographicallyPrecedes(key) {
                    throw whole.malformed("has keys out of order")
                }
                guard entries.count < Self.maximumEntries else {
                    throw whole.malformed("lists more than \(Self.maximumEntries) variables")
                }
                entries.append((key, value))
            }
        }
        self.entries = entries
    }

    /// Checks a block and calls `body` for each of its entries.
    ///
    /// An entry consists of three varints (the number of bytes shared with the previous key, of the key's own bytes,
    /// and of the value's bytes), the key's own bytes and the value. The entries are followed by the offsets of those
    /// that store their key whole (restarts), and their number.
    private static func forEachEntry(
        of block: BlockHandle, in file: ByteReader,
        _ body: (_ key: [UInt8], _ value: ByteReader) throws(ModelError) -> Void
    ) throws(ModelError) {
        var contents = try block.contents(in: file)
        guard contents.remaining >= 4 else { throw contents.malformed("has a block without an end") }
        var count = try contents.part(at: contents.position + contents.remaining - 4, count: 4)
        let restarts = Int(try count.integer(UInt32.self))
        guard restarts <= (contents.remaining - 4) / 4 else {
            throw contents.malformed("has a block with an impossible number of restarts")
        }
        var entries = try contents.part(contents.remaining - 4 - 4 * restarts)
        var key: [UInt8] = []
        while !entries.isAtEnd {
            let shared = try entries.length()
            let own = try entries.length()
            let valueSize = try entries.length()
            guard shared <= key.count, own <= maximumKeyLength - shared else {
                throw entries.malformed("has a key that does not fit its neighbour")
            }
            key.removeSubrange(shared...)
            key += try entries.slice(own)
            try body(key, try entries.part(valueSize))
        }
    }
}

/// The position of a block in a table file.
private struct BlockHandle {
    /// In bytes, as `size`, which does not include the trailer of five bytes.
    var offset: Int
    var size: Int

    init(_ reader: inout ByteReader) throws(ModelError) {
        offset = try reader.length()
        size = try reader.length()
    }

    /// The block's bytes; checks its checksum.
    func contents(in file: ByteReader) throws(ModelError) -> ByteReader {
        guard size <= Int.max - 5 else { throw file.malformed("has a block of \(size) bytes") }
        var block = try file.part(at: offset, count: size + 5)
        let checked = block.rest.dropLast(4)
        let contents = try block.part(size)
        let compression = try block.byte()
        let stored = try block.integer(UInt32.self)
        guard Checksum.masked(Checksum.crc32c(checked)) == stored else {
            throw ModelError(.checksum, "has a damaged block at byte \(offset): its CRC-32C is wrong", file: file.file)
        }
        switch compression {
        case 0: return contents
        case 1: throw file.malformed("has blocks compressed with Snappy, which TensorFlow itself does not write")
        default: throw file.malformed("has blocks of compression \(compression), which is not known")
        }
    }
}
