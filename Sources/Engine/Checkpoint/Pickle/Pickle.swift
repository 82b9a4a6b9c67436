/// The result of a pickle stream: values that refer to lists, tuples and dictionaries by index.
///
/// Indices are used instead of references, so that a stream that nests a million lists, or puts a list into itself,
/// builds a flat array, which is freed without recursion.
struct Pickle: Sendable {
    enum Value: Sendable, Hashable {
        case none
        case bool(Bool)
        case int(Int)
        /// An integer of more than 64 bits: its two's complement, least significant byte first.
        case bigInt([UInt8])
        case float(Double)
        case string(String)
        /// Bytes, by their position in the input, from which they are not copied.
        case bytes(offset: Int, count: Int)
        case list(Int)
        case tuple(Int)
        case dictionary(Int)
        /// The name of an allowed global, as "module.name".
        case global(String)
        /// Index into `storages`.
        case storage(Int)
        /// Index into `tensors`.
        case tensor(Int)
        /// Index into `arrays`.
        case array(Int)
        /// Index into `arrayTypes`.
        case arrayType(Int)
    }

    /// A sequence of elements that tensors are views of.
    struct Storage: Sendable, Hashable {
        var elementType: ElementType
        /// The name of its file in an archive, or its number in a legacy file.
        var key: String
        /// The number of elements.
        var count: Int
    }

    /// A view of a storage. Every element lies inside the storage, and the view has no more elements than the storage.
    struct Tensor: Sendable, Hashable {
        /// Index into `storages`.
        var storage: Int
        /// The index of the first element in the storage.
        var offset: Int
        var shape: [Int]
        /// The strides in elements; none is negative.
        var strides: [Int]
    }

    var root = Value.none
    var lists: [[Value]] = []
    var tuples: [[Value]] = []
    /// Pairs in the order of insertion.
    var dictionaries: [[(key: Value, value: Value)]] = []
    var storages: [Storage] = []
    var tensors: [Tensor] = []
    var arrays: [Array] = []
    var arrayTypes: [ArrayType] = []

    /// A NumPy array; without a state until one is set.
    struct Array: Sendable, Hashable {
        var elementType = ElementType.other("none", size: nil)
        var shape: [Int] = []
        /// Whether elements are adjacent along the first axis instead of the last.
        var isColumnMajor = false
        /// The position of the bytes in the input, which has as many as the shape and the element type need.
        var offset = 0
    }

    /// A NumPy element type.
    struct ArrayType: Sendable, Hashable {
        /// The name, such as `f4`; it may begin with a sign for the byte order.
        var name: String
        var isBigEndian = false
    }
}
