import Files

/// A pickle of nested dictionaries of NumPy arrays, as `pickle.dump` writes a network of Flax or Haiku.
///
/// The name of a variable consists of the keys that lead to it, joined by slashes. Flax keeps weights and moving
/// averages in two collections, `params` and `batch_stats`, whose names are left out.
struct NumPyPickleFile: CheckpointReader {
    let form = CheckpointForm.numpyPickle
    let tensors: [StoredTensor]
    let metadata: [String: String] = [:]
    private let file: ReadableFile

    /// The published network takes 51 MB; with an optimizer's state and in float64 it would take six times as much.
    private static let largest = 512 << 20
    private static let collections: Set = ["params", "batch_stats"]
    private static let deepest = 16
    private static let longestName = 1024
    private static let maximumArrays = 65_536

    var files: [CheckpointFile] { [CheckpointFile(path: file.path, size: file.size)] }

    init(_ path: String) throws(ModelError) {
        let file = try openFile(path)
        guard file.size <= Self.largest else {
            throw ModelError(
                .malformed, "is a pickle of \(file.size) bytes; at most \(Self.largest) are read", file: path)
        }
        var reader = ByteReader(try file.modelBytes(at: 0, count: file.size), file: path)
        let pickle = try Unpickler.read(&reader, globals: NumPyGlobals.self)
        guard case .dictionary(let root) = pickle.root else {
            throw ModelError(.malformed, "holds no dictionary of NumPy arrays", file: path)
        }
        self.file = file
        tensors = try Self.arrays(under: root, of: pickle, file: path).map { name, array in
            StoredTensor(
                name: name, elementType: array.elementType, shape: array.shape,
                strides: array.isColumnMajor ? array.shape.columnMajorStrides : nil,
                location: .init(
                    file: 0, offset: array.offset,
                    // If an axis is empty, the product of the others and the size may exceed `Int`.
                    size: array.elementType.isFloat
                        ? array.shape.reduce(1, *) * (array.elementType.size ?? 1) : 0))
        }
    }

    /// Whether a file that begins with these bytes is a pickle of protocol 2 or later.
    static func isRecognised(by head: [UInt8]) -> Bool {
        head.count > 2 && head[0] == 0x80 && (2...5).contains(head[1])
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        let values = try file.floats(
            tensor.elementType, at: tensor.location.offset, count: tensor.count, variable: tensor.name
        ) { _ in }
        guard let strides = tensor.strides else { return values }
        return values.strided(shape: tensor.shape, strides: strides)
    }

    /// All arrays that are reached by string keys; each dictionary is visited once.
    private static func arrays(
        under root: Int, of pickle: Pickle, file: String
    ) throws(ModelError) -> [(name: String, array: Pickle.Array)] {
        var found: [(name: String, array: Pickle.Array)] = []
        var seen: Set = [root]
        var open: [(name: String, depth: Int, index: Int)] = [("", 0, root)]
        var next = 0
        while next < open.count {
            let (path, depth, index) = open[next]
            next += 1
            for (key, value) in pickle.dictionaries[index] {
                guard case .string(let key) = key, path.utf8.count + key.utf8.count < longestName else { continue }
                let name = path.isEmpty ? key : "\(path)/\(key)"
                switch value {
                case .array(let array):
                    // One array may be referred to any number of times.
                    guard found.count < maximumArrays else {
                        throw ModelError(.malformed, "names more than \(maximumArrays) arrays", file: file)
                    }
                    found.append((name, pickle.arrays[array]))
                case .dictionary(let child) where depth < deepest && seen.insert(child).inserted:
                    open.append((collections.contains(key) ? path : name, depth + 1, child))
                default: break
                }
            }
        }
        return found
    }
}
