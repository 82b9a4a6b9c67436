/// A cursor over the bytes of a file (or a part of it) that never reads past their end.
struct ByteReader {
    private let bytes: [UInt8]
    /// Index into the file's bytes.
    private(set) var position: Int
    private let end: Int
    /// Named in errors.
    let file: String

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.position = 0
        self.end = bytes.count
        self.file = file
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>, file: String) {
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
        self.file = file
    }

    var remaining: Int { end - position }
    var isAtEnd: Bool { position == end }

    mutating func byte() throws(ModelError) -> UInt8 {
        guard position < end else { throw truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// A little-endian integer of fixed width.
    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(ModelError) -> Value {
        let size = MemoryLayout<Value>.size
        guard size <= remaining else { throw truncated }
        defer { position += size }
        return (0..<size).reduce(0) { $0 | Value(truncatingIfNeeded: bytes[position + $1]) << Value(8 * $1) }
    }

    /// A base-128 integer, least significant group first, of at most 64 bits.
    mutating func varint() throws(ModelError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let group = try byte()
            guard shift < 63 || group <= 1 else { break }
            value |= UInt64(group & 0x7F) << UInt64(shift)
            if group & 0x80 == 0 { return value }
        }
        throw malformed("has an integer of more than 64 bits")
    }

    /// A varint that is a size or an offset.
    mutating func length() throws(ModelError) -> Int {
        guard let length = Int(exactly: try varint()) else { throw malformed("has an impossible length") }
        return length
    }

    mutating func slice(_ count: Int) throws(ModelError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw truncated }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    /// A cursor over the next `count` bytes; this one moves past them.
    mutating func part(_ count: Int) throws(ModelError) -> ByteReader {
        guard count >= 0, count <= remaining else { throw truncated }
        defer { position += count }
        return ByteReader(bytes, position..<(position + count), file: file)
    }

    /// The bytes up to the next newline. The cursor moves past the newline.
    mutating func line() throws(ModelError) -> ArraySlice<UInt8> {
        guard let newline = bytes[position..<end].firstIndex(of: 0x0A) else { throw truncated }
        defer { position = newline + 1 }
        return bytes[position..<newline]
    }

    /// A cursor over the part of the file at an offset read from the file itself.
    func part(at offset: Int, count: Int) throws(ModelError) -> ByteReader {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
            throw malformed("places \(count) bytes at \(offset), outside of its \(bytes.count) bytes")
        }
        return ByteReader(bytes, offset..<(offset + count), file: file)
    }

    /// The bytes that have not been read yet.
    var rest: ArraySlice<UInt8> { bytes[position..<end] }

    var truncated: ModelError { ModelError(.truncated, "ends too early, at byte \(position)", file: file) }

    func malformed(_ reason: String) -> ModelError { ModelError(.malformed, reason, file: file) }
}
