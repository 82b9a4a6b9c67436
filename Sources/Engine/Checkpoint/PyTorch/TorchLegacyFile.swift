import Files

/// A PyTorch file before 1.6: pickles of a magic number, a version, the machine, the object and the storages' keys,
/// followed by the storages in the order of the keys, each as its element count (64 bits) and its elements.
struct TorchLegacyFile: CheckpointReader {
    let form = CheckpointForm.torchLegacy
    let tensors: [StoredTensor]
    let metadata: [String: String] = [:]
    private let file: ReadableFile

    var files: [CheckpointFile] { [CheckpointFile(path: file.path, size: file.size)] }

    /// 0x1950a86a20f9469cfc6c, least significant byte first.
    private static let magic = Pickle.Value.bigInt([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
    private static let protocolVersion = Pickle.Value.int(1001)

    init(_ path: String) throws(ModelError) {
        let file = try openFile(path)
        self.file = file
        let head = min(file.size, TorchArchive.maximumPickleSize)
        var reader = ByteReader(try file.modelBytes(at: 0, count: head), file: path)
        guard try Unpickler.read(&reader).root == Self.magic else {
            throw reader.malformed("is not a PyTorch file")
        }
        guard try Unpickler.read(&reader).root == Self.protocolVersion else {
            throw reader.malformed("is a PyTorch file of an unknown version")
        }
        try Self.checkByteOrder(Unpickler.read(&reader), path)
        let pickle = try Unpickler.read(&reader)
        let keys = try Unpickler.read(&reader)
        let places = try Self.places(keys, of: pickle, in: file, from: reader.position)
        tensors = try TorchStateDict.tensors(of: pickle, file: path).map { name, tensor throws(ModelError) in
            let storage = pickle.storages[tensor.storage]
            guard let place = places[storage.key], let size = storage.elementType.size else {
                throw ModelError(.truncated, "its storage \(storage.key) is missing", file: path, variable: name)
            }
            guard place.count == storage.count else {
                throw ModelError(
                    .malformed, "its storage has \(place.count) elements where \(storage.count) are promised",
                    file: path,
                    variable: name)
            }
            return StoredTensor(
                name: name, elementType: storage.elementType, shape: tensor.shape,
                strides: tensor.isContiguous ? nil : tensor.strides,
                location: .init(file: 0, offset: place.offset + tensor.offset * size, size: tensor.extent * size))
        }
    }

    /// Whether a file that begins with `head` has this format; 32 bytes are enough.
    static func isRecognised(by head: [UInt8]) -> Bool {
        var reader = ByteReader(head, file: "")
        guard head.first == 0x80, let pickle = try? Unpickler.read(&reader) else { return false }
        return pickle.root == magic
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        let size = tensor.elementType.size ?? 1
        let values = try file.floats(
            tensor.elementType, at: tensor.location.offset, count: tensor.location.size / size, variable: tensor.name
        ) { _ in }
        guard let strides = tensor.strides else { return values }
        return values.strided(shape: tensor.shape, strides: strides)
    }

    private static func checkByteOrder(_ machine: Pickle, _ path: String) throws(ModelError) {
        guard case .dictionary(let index) = machine.root else { return }
        let isBigEndian = machine.dictionaries[index].contains {
            $0.key == .string("little_endian") && $0.value == .bool(false)
        }
        guard !isBigEndian else {
            throw ModelError(.malformed, "was written on a big-endian machine, which is not read", file: path)
        }
    }

    /// For each storage, the byte offset of its elements in the file and their number.
    private static func places(
        _ keys: Pickle, of pickle: Pickle, in file: ReadableFile, from start: Int
    ) throws(ModelError) -> [String: (offset: Int, count: Int)] {
        guard case .list(let list) = keys.root else {
            throw ModelError(.malformed, "does not list its storages", file: file.path)
        }
        let sizes = Dictionary(pickle.storages.map { ($0.key, $0.elementType.size) }) { first, _ in first }
        var places: [String: (offset: Int, count: Int)] = [:]
        var offset = start
        for key in keys.lists[list] {
            guard case .string(let key) = key, let size = sizes[key] ?? nil, places[key] == nil else {
                throw ModelError(.malformed, "lists a storage that no tensor uses", file: file.path)
            }
            var prologue = ByteReader(try file.modelBytes(at: offset, count: 8), file: file.path)
            let count = Int(truncatingIfNeeded: try prologue.integer(Int64.self))
            offset += 8
            let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
            guard count >= 0, !overflow, byteCount <= file.size - offset else {
                throw ModelError(
                    .truncated, "ends at byte \(file.size), inside a storage of \(count) elements at byte \(offset)",
                    file: file.path)
            }
            places[key] = (offset, count)
            offset += byteCount
        }
        return places
    }
}
