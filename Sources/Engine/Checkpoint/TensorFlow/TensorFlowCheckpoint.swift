import Files

/// A TensorFlow V2 checkpoint ("tensor bundle"): an index file and one or more data files.
struct TensorFlowCheckpoint: CheckpointReader {
    let form = CheckpointForm.tensorFlow
    let files: [CheckpointFile]
    let tensors: [StoredTensor]
    let metadata: [String: String] = [:]
    /// By shard number; only those that contain a tensor.
    private let shards: [Int: ReadableFile]

    /// - Parameter prefix: the path to which `.index` and `.data-00000-of-00001` are appended.
    init(prefix: String) throws(ModelError) {
        let index = try openFile(prefix + ".index")
        let (shardCount, tensors) = try Self.index(index)
        var shards: [Int: ReadableFile] = [:]
        for tensor in tensors where shards[tensor.location.file] == nil {
            shards[tensor.location.file] = try Self.openShard(tensor.location.file, of: shardCount, prefix, index.path)
        }
        for tensor in tensors {
            let location = tensor.location
            guard let shard = shards[location.file], location.offset <= shard.size,
                location.size <= shard.size - location.offset
            else {
                throw ModelError(
                    .truncated,
                    "lies at bytes \(location.offset) to \(location.offset + location.size) of a file that ends at "
                        + "\(shards[location.file]?.size ?? 0)", file: shards[location.file]?.path,
                    variable: tensor.name)
            }
        }
        self.tensors = tensors
        self.shards = shards
        files = ([index] + shards.sorted { $0.key < $1.key }.map(\.value))
            .map { CheckpointFile(path: $0.path, size: $0.size) }
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        let location = tensor.location
        guard let shard = shards[location.file] else {
            throw ModelError(.cannotOpen, "its data file is missing", variable: tensor.name)
        }
        return try shard.floats(
            tensor.elementType, at: location.offset, count: tensor.count, variable: tensor.name
        ) { bytes throws(ModelError) in
            guard Checksum.masked(Checksum.crc32c(bytes)) == location.checksum else {
                throw ModelError(
                    .checksum, "its values are damaged: the CRC-32C is wrong", file: shard.path, variable: tensor.name)
            }
        }
    }

    /// In bytes, far more than any index file needs: the published ones have 11 to 20 kB.
    private static let maximumIndexSize = 16 << 20

    /// The contents of an index file, whether or not its data files exist.
    static func index(_ file: ReadableFile) throws(ModelError) -> (shardCount: Int, tensors: [StoredTensor]) {
        guard file.size <= maximumIndexSize else {
            throw ModelError(.malformed, "is too large for an index file", file: file.path)
        }
        let table = try SortedTable(file.modelBytes(at: 0, count: file.size), file: file.path)
        guard let first = table.entries.first, first.key.isEmpty else {
            throw ModelError(.malformed, "has no header", file: file.path)
        }
        let header = try BundleHeader(first.value)
        var tensors: [StoredTensor] = []
        for (key, value) in table.entries.dropFirst() {
            // Pieces of sliced variables have keys that begin with a zero byte; the variable's own entry is marked as
            // sliced.
            if key.first == 0 { continue }
            let name = String(decoding: key, as: UTF8.self)
            tensors.append(try tensor(name, BundleEntry(value), header, file.path))
        }
        return (header.shardCount, tensors)
    }

    private static func tensor(
        _ name: String, _ entry: BundleEntry, _ header: BundleHeader, _ file: String
    ) throws(ModelError) -> StoredTensor {
        guard !entry.isSliced else {
            throw ModelError(
                .malformed, "is stored in slices, which are not read; save the checkpoint unpartitioned", file: file,
                variable: name)
        }
        guard entry.shard < header.shardCount else {
            throw ModelError(
                .malformed, "lies in data file \(entry.shard) of \(header.shardCount)", file: file, variable: name)
        }
        guard entry.offset <= Int.max - entry.size else {
            throw ModelError(.malformed, "lies at an impossible offset", file: file, variable: name)
        }
        guard let count = StoredTensor.count(of: entry.shape) else {
            throw ModelError(.malformed, "has an impossible shape: \(entry.shape)", file: file, variable: name)
        }
        if let size = entry.elementType.size {
            guard count.multipliedReportingOverflow(by: size) == (entry.size, false) else {
                throw ModelError(
                    .malformed, "has \(entry.size) bytes for \(entry.elementType) of shape \(entry.shape)", file: file,
                    variable: name)
            }
        }
        return StoredTensor(
            name: name, elementType: entry.elementType, shape: entry.shape,
            location: .init(file: entry.shard, offset: entry.offset, size: entry.size, checksum: entry.checksum))
    }

    private static func openShard(
        _ shard: Int, of count: Int, _ prefix: String, _ index: String
    ) throws(ModelError) -> ReadableFile {
        func padded(_ number: Int) -> String {
            String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
        }
        let path = "\(prefix).data-\(padded(shard))-of-\(padded(count))"
        do throws(FileError) {
            return try ReadableFile(path)
        } catch {
            throw ModelError(.cannotOpen, "the data file of the checkpoint \(index) \(error.reason)", file: path)
        }
    }
}
