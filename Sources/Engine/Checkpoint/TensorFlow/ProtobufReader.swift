/// Iterates over the fields of one protocol-buffer message: the wire format alone, no schema.
struct ProtobufReader {
    /// A field's value; its interpretation depends on the schema.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ByteReader)
    }

    private var reader: ByteReader

    init(_ message: ByteReader) {
        reader = message
    }

    /// The next field, or nil at the message's end.
    mutating func next() throws(ModelError) -> (field: UInt64, value: Value)? {
        if reader.isAtEnd { return nil }
        let tag = try reader.varint()
        let value: Value
        switch tag & 7 {
        case 0: value = .varint(try reader.varint())
        case 1: value = .fixed64(try reader.integer(UInt64.self))
        case 2: value = .bytes(try reader.part(try reader.length()))
        case 5: value = .fixed32(try reader.integer(UInt32.self))
        default: throw reader.malformed("has an entry that is not a protocol buffer")
        }
        return (tag >> 3, value)
    }
}
