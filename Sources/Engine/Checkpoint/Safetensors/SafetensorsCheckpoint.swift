import Files
import FoundationEssentials

/// A safetensors file, on disk or in memory: the length of a JSON header, the header, the values.
///
/// The values must fill the rest of the file without gaps and overlaps, as the format requires
/// (https://github.com/huggingface/safetensors, "Format").
struct SafetensorsCheckpoint: CheckpointReader {
    let form = CheckpointForm.safetensors
    let tensors: [StoredTensor]
    let metadata: [String: String]
    private let file: any ReadableBytes

    var files: [CheckpointFile] { [CheckpointFile(path: file.path, size: file.size)] }

    /// In bytes. The format's own limit is 100 MB; a network of a few thousand variables needs a few hundred kB.
    static let maximumHeaderSize = 16 << 20

    init(_ file: any ReadableBytes) throws(ModelError) {
        self.file = file
        let path = file.path
        var prologue = ByteReader(try file.modelBytes(at: 0, count: min(8, file.size)), file: path)
        let length = try prologue.integer(UInt64.self)
        guard length <= Self.maximumHeaderSize else {
            throw ModelError(.malformed, "has a header of \(length) bytes, which is too long", file: path)
        }
        let dataStart = 8 + Int(length)
        guard dataStart <= file.size else {
            throw ModelError(.truncated, "ends inside its header", file: path)
        }
        let header = try Self.decode(file.modelBytes(at: 8, count: Int(length)), path)
        metadata = header.metadata
        let size = file.size - dataStart
        tensors = try header.tensors
            .sorted { ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key) }
            .map { name, entry throws(ModelError) in
                try Self.tensor(name, entry, dataStart: dataStart, dataSize: size, path)
            }
        var end = dataStart
        for tensor in tensors {
            guard tensor.location.offset == end else {
                throw ModelError(
                    .malformed, "does not begin where the values before it end", file: path, variable: tensor.name)
            }
            end += tensor.location.size
        }
        guard end == file.size else {
            throw ModelError(.malformed, "has \(file.size - end) bytes that belong to no variable", file: path)
        }
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        try file.floats(
            tensor.elementType, at: tensor.location.offset, count: tensor.count, variable: tensor.name
        ) { _ in }
    }

    private static func decode(_ bytes: [UInt8], _ path: String) throws(ModelError) -> SafetensorsHeader {
        guard bytes.first == UInt8(ascii: "{") else {
            throw ModelError(.malformed, "has a header that is not a JSON object", file: path)
        }
        do {
            return try JSONDecoder().decode(SafetensorsHeader.self, from: Data(bytes))
        } catch {
            throw ModelError(.malformed, "has a header that does not follow the safetensors format", file: path)
        }
    }

    private static func tensor(
        _ name: String, _ entry: SafetensorsHeader.Entry, dataStart: Int, dataSize: Int, _ path: String
    ) throws(ModelError) -> StoredTensor {
        guard entry.range.upperBound <= dataSize else {
            throw ModelError(
                .truncated, "lies at bytes \(entry.range) of the values, of which there are only \(dataSize)",
                file: path, variable: name)
        }
        guard let count = StoredTensor.count(of: entry.shape) else {
            throw ModelError(.malformed, "has an impossible shape: \(entry.shape)", file: path, variable: name)
        }
        if let size = entry.elementType.size {
            guard count.multipliedReportingOverflow(by: size) == (entry.range.count, false) else {
                throw ModelError(
                    .malformed, "has \(entry.range.count) bytes for \(entry.elementType) of shape \(entry.shape)",
                    file: path, variable: name)
            }
        }
        return StoredTensor(
            name: name, elementType: entry.elementType, shape: entry.shape,
            location: .init(file: 0, offset: dataStart + entry.range.lowerBound, size: entry.range.count))
    }
}
