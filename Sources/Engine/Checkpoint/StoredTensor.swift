/// A tensor as a checkpoint lists it; its values are still in the file.
struct StoredTensor: Sendable, Hashable {
    /// As the file spells it.
    var name: String
    var elementType: ElementType
    /// In the file's order of axes.
    var shape: [Int]
    /// For each axis, in elements; nil means dense and row-major.
    var strides: [Int]?
    var location: Location

    struct Location: Sendable, Hashable {
        /// The number of the shard, or the index of the archive's storage.
        var file: Int
        /// The offset of the first element, in bytes.
        var offset: Int
        /// The number of bytes that hold the values; all are inside the file.
        var size: Int
        /// The masked CRC-32C of these bytes, as TensorFlow stores it; nil for other formats.
        var checksum: UInt32?
    }

    /// The number of elements; readers have checked that it does not overflow.
    var count: Int { shape.reduce(1, *) }

    /// The number of elements of `shape`, or nil if an axis is negative or the number exceeds `Int`.
    static func count(of shape: [Int]) -> Int? {
        var count = 1
        for axis in shape {
            guard axis >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: axis)
            if overflow { return nil }
            count = product
        }
        return count
    }
}
