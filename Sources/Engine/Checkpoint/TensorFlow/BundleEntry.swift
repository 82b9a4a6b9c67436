/// `BundleEntryProto`: the entry of one variable in the index of a TensorFlow checkpoint
/// (`tensorflow/core/protobuf/tensor_bundle.proto`).
struct BundleEntry {
    var elementType: ElementType = .other("no type", size: nil)
    var shape: [Int] = []
    var shard = 0
    /// Within the shard, in bytes.
    var offset = 0
    /// In bytes.
    var size = 0
    /// The masked CRC-32C.
    var checksum: UInt32 = 0
    /// Whether the variable is stored in pieces under other keys.
    var isSliced = false

    init(_ message: ByteReader) throws(ModelError) {
        var fields = ProtobufReader(message)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .varint(let type)): elementType = Self.elementType(type)
            case (2, .bytes(let shape)): self.shape = try Self.shape(shape)
            case (3, .varint(let shard)): self.shard = try Self.index(shard, message)
            case (4, .varint(let offset)): self.offset = try Self.index(offset, message)
            case (5, .varint(let size)): self.size = try Self.index(size, message)
            case (6, .fixed32(let checksum)): self.checksum = checksum
            case (7, .bytes): isSliced = true
            default: break
            }
        }
    }

    /// `TensorShapeProto`: field 2, repeated, is an axis, whose field 1 is its size.
    private static func shape(_ message: ByteReader) throws(ModelError) -> [Int] {
        var shape: [Int] = []
        var fields = ProtobufReader(message)
        while let (field, value) = try fields.next() {
            guard case (2, .bytes(let axis)) = (field, value) else { continue }
            var size = 0
            var axisFields = ProtobufReader(axis)
            while let (field, value) = try axisFields.next() {
                if case (1, .varint(let count)) = (field, value) { size = try index(count, message) }
            }
            shape.append(size)
        }
        guard shape.count <= 254 else { throw message.malformed("has a variable of \(shape.count) axes") }
        return shape
    }

    /// A size or offset as `Int`. Negative numbers are encoded as huge ones and refused.
    private static func index(_ value: UInt64, _ message: ByteReader) throws(ModelError) -> Int {
        guard let index = Int(exactly: value) else { throw message.malformed("has a negative size or offset") }
        return index
    }

    /// `DataType` of `tensorflow/core/framework/types.proto`.
    private static func elementType(_ type: UInt64) -> ElementType {
        switch type {
        case 1: .float32
        case 2: .float64
        case 14: .bfloat16
        case 19: .float16
        case 3: .other("int32", size: 4)
        case 7: .other("string", size: nil)
        case 9: .other("int64", size: 8)
        case 10: .other("bool", size: 1)
        default: .other("TensorFlow type \(type)", size: nil)
        }
    }
}

/// `BundleHeaderProto`, stored under the empty key.
struct BundleHeader {
    var shardCount = 0
    var isBigEndian = false

    init(_ message: ByteReader) throws(ModelError) {
        var fields = ProtobufReader(message)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .varint(let count)): shardCount = Int(exactly: count) ?? .max
            case (2, .varint(let order)): isBigEndian = order != 0
            default: break
            }
        }
        guard (1...Self.maximumShards).contains(shardCount) else {
            throw message.malformed("claims \(shardCount) data files; 1 to \(Self.maximumShards) are possible")
        }
        guard !isBigEndian else { throw message.malformed("was written on a big-endian machine, which is not read") }
    }

    static let maximumShards = 4096
}
