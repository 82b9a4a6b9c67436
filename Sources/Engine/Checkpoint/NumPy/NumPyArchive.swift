import Files

/// A `.npz` archive of NumPy: a zip archive with one `.npy` file per variable, which has the variable's name.
struct NumPyArchive: CheckpointReader {
    let form = CheckpointForm.numpyArchive
    let tensors: [StoredTensor]
    let metadata: [String: String] = [:]
    private let archive: ZipArchive
    /// The archive's entry of each tensor; `StoredTensor.Location.file` is an index into it.
    private let entries: [ZipArchive.Entry]

    private static let suffix = ".npy"
    private static let longestName = 1024

    var files: [CheckpointFile] { [CheckpointFile(path: archive.file.path, size: archive.file.size)] }

    init(_ path: String) throws(ModelError) {
        let archive = try ZipArchive(openFile(path))
        let entries = archive.entries.values.filter {
            $0.name.hasSuffix(Self.suffix) && $0.name.utf8.count <= Self.longestName
        }.sorted { $0.headerOffset < $1.headerOffset }
        guard !entries.isEmpty else {
            throw ModelError(.malformed, "is a zip archive, but none that NumPy wrote", file: path)
        }
        var tensors: [StoredTensor] = []
        for (index, entry) in entries.enumerated() {
            let name = String(entry.name.dropLast(Self.suffix.count))
            let (description, dataOffset) = try Self.description(of: entry, in: archive, name)
            let elementType = ElementType(numPy: description.descriptor)
            guard let count = StoredTensor.count(of: description.shape) else {
                throw ModelError(
                    .malformed, "has the impossible shape \(description.shape)", file: path, variable: name)
            }
            let size = entry.size - dataOffset
            if let elementSize = elementType.size, count.multipliedReportingOverflow(by: elementSize) != (size, false) {
                throw ModelError(
                    .truncated, "its file has \(size) bytes for shape \(description.shape) of \(elementType)",
                    file: path, variable: name)
            }
            tensors.append(
                StoredTensor(
                    name: name, elementType: elementType, shape: description.shape,
                    strides: description.isFortranOrder ? description.shape.columnMajorStrides : nil,
                    location: .init(file: index, offset: dataOffset, size: size)))
        }
        self.archive = archive
        self.entries = entries
        self.tensors = tensors
    }

    /// Whether a file is an archive of NumPy rather than one of PyTorch.
    static func isRecognised(_ file: ReadableFile) throws(ModelError) -> Bool {
        let names = try ZipArchive(file).entries.keys
        return names.contains { $0.hasSuffix(suffix) } && !names.contains { $0.hasSuffix("data.pkl") }
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        let entry = entries[tensor.location.file]
        // The entry's checksum covers header and values together.
        try archive.check(entry, variable: tensor.name)
        let values = try archive.file.floats(
            tensor.elementType, at: archive.contentOffset(of: entry) + tensor.location.offset, count: tensor.count,
            variable: tensor.name
        ) { _ in }
        guard let strides = tensor.strides else { return values }
        return values.strided(shape: tensor.shape, strides: strides)
    }

    /// The description in an entry's header, and the offset of the values in the entry, in bytes.
    private static func description(
        of entry: ZipArchive.Entry, in archive: ZipArchive, _ name: String
    ) throws(ModelError) -> (NumPyHeader.Description, dataOffset: Int) {
        let start = try archive.contentOffset(of: entry)
        let prologue = try archive.file.modelBytes(at: start, count: min(NumPyHeader.longestPrologue, entry.size))
        do throws(NumPyFormatError) {
            let range = try NumPyHeader.textRange(prologue: prologue)
            guard range.upperBound <= entry.size,
                let text = try? archive.file.modelBytes(at: start + range.lowerBound, count: range.count)
            else { throw NumPyFormatError("ends inside its header") }
            return (try NumPyHeader.Description(parsing: text), range.upperBound)
        } catch {
            throw ModelError(.malformed, error.reason, file: archive.file.path, variable: name)
        }
    }
}

extension ElementType {
    /// Converts NumPy's names of types, such as `<f4` and `|u1`.
    init(numPy descriptor: String) {
        switch descriptor {
        case "<f2": self = .float16
        case "<f4": self = .float32
        case "<f8": self = .float64
        default: self = .other(String(descriptor.prefix(64)), size: nil)
        }
    }
}

extension [Int] {
    /// The strides of an array of this shape whose elements are adjacent along the first axis.
    var columnMajorStrides: [Int] {
        var strides: [Int] = []
        var stride = 1
        for axis in self {
            strides.append(stride)
            // Readers have checked that the product of all axes fits in `Int`, unless one of them is empty.
            stride = stride.multipliedReportingOverflow(by: Swift.max(axis, 1)).partialValue
        }
        return strides
    }
}
