import Files

/// A PyTorch file since 1.6: a zip archive with `data.pkl` and one file per storage, `data/0` and so on, in one folder.
struct TorchArchive: CheckpointReader {
    let form = CheckpointForm.torchArchive
    let tensors: [StoredTensor]
    let metadata: [String: String] = [:]
    private let archive: ZipArchive
    /// The archive's entries of the storages; `StoredTensor.Location.file` is an index into this array.
    private let storages: [ZipArchive.Entry]

    var files: [CheckpointFile] { [CheckpointFile(path: archive.file.path, size: archive.file.size)] }

    /// In bytes. A state dict's pickle has about 40 kB; optimizer states may be larger.
    static let maximumPickleSize = 16 << 20

    init(_ path: String) throws(ModelError) {
        archive = try ZipArchive(openFile(path))
        let pickles = archive.entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
        guard pickles.count == 1, let name = pickles.first, let entry = archive.entries[name] else {
            throw ModelError(.malformed, "is a zip archive, but none that PyTorch wrote", file: path)
        }
        let root = String(name.dropLast("data.pkl".count))
        if let order = archive.entries[root + "byteorder"] {
            guard try archive.contents(of: order, limit: 16) == Array("little".utf8) else {
                throw ModelError(.malformed, "was written on a big-endian machine, which is not read", file: path)
            }
        }
        var reader = ByteReader(try archive.contents(of: entry, limit: Self.maximumPickleSize), file: path)
        let pickle = try Unpickler.read(&reader)
        var tensors: [StoredTensor] = []
        var storages: [ZipArchive.Entry] = []
        var indices: [String: Int] = [:]
        for (name, tensor) in try TorchStateDict.tensors(of: pickle, file: path) {
            let storage = pickle.storages[tensor.storage]
            guard let entry = archive.entries["\(root)data/\(storage.key)"] else {
                throw ModelError(.truncated, "its storage \(storage.key) is missing", file: path, variable: name)
            }
            if let index = indices[storage.key] {
                tensors.append(try Self.tensor(name, tensor, storage, entry, index, path))
            } else {
                indices[storage.key] = storages.count
                tensors.append(try Self.tensor(name, tensor, storage, entry, storages.count, path))
                storages.append(entry)
            }
        }
        self.tensors = tensors
        self.storages = storages
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        let entry = storages[tensor.location.file]
        let start = try archive.contentOffset(of: entry)
        // A tensor nearly always covers its whole storage; then its bytes are checked as they are read.
        let isWhole = tensor.location.size == entry.size
        if !isWhole { try archive.check(entry, variable: tensor.name) }
        let values = try archive.file.floats(
            tensor.elementType, at: start + tensor.location.offset,
            count: tensor.location.size / (tensor.elementType.size ?? 1), variable: tensor.name
        ) { bytes throws(ModelError) in
            if isWhole { try archive.check(Checksum.crc32(bytes), of: entry, variable: tensor.name) }
        }
        guard let strides = tensor.strides else { return values }
        return values.strided(shape: tensor.shape, strides: strides)
    }

    private static func tensor(
        _ name: String, _ tensor: Pickle.Tensor, _ storage: Pickle.Storage, _ entry: ZipArchive.Entry, _ index: Int,
        _ path: String
    ) throws(ModelError) -> StoredTensor {
        guard let size = storage.elementType.size,
            storage.count.multipliedReportingOverflow(by: size) == (entry.size, false)
        else {
            throw ModelError(
                .truncated,
                "its storage has \(entry.size) bytes for \(storage.count) elements of \(storage.elementType)",
                file: path, variable: name)
        }
        return StoredTensor(
            name: name, elementType: storage.elementType, shape: tensor.shape,
            strides: tensor.isContiguous ? nil : tensor.strides,
            location: .init(file: index, offset: tensor.offset * size, size: tensor.extent * size))
    }
}
