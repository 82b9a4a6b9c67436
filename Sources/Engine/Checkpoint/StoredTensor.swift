/// A tensor as a checkpoint lists it; its values are still in the file.
struct StoredTensor: Sendable, Hashable {
    /// As the file spells it.
    var name: String
    var elementType: ElementType
    /// In the file's order of axes.
    var shape: [Int]
    /// How many elements to step for each axis; nil means dense and row-major.
    var strides: [Int]?
    /// Where its values are.
    var location: Location

    struct Location: Sendable, Hashable {
        /// An index into the reader's files (a shard, an archive).
        var file: Int
        /// Of the first element, in bytes.
        var offset: Int
        /// Bytes that hold the values, all of them inside the file.
        var size: Int
        /// Masked CRC-32C of these bytes, as TensorFlow stores it; nil where the form has none.
        var checksum: UInt32?
    }

    /// The number of elements; readers check that it fits.
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
