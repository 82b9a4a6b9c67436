/// An opened checkpoint in one format: it lists the tensors, and reads values on demand.
///
/// Opening reads the index and checks that every tensor lies inside the files. `values` reads one tensor, and checks
/// its checksum if the format has one.
protocol CheckpointReader: Sendable {
    var form: CheckpointForm { get }
    /// The files that are read; the one with the index comes first.
    var files: [CheckpointFile] { get }
    /// In the file's order.
    var tensors: [StoredTensor] { get }
    /// Text that the checkpoint carries beside its tensors.
    var metadata: [String: String] { get }
    /// The tensor's values as float32, dense and row-major in its own shape.
    func values(of tensor: StoredTensor) throws(ModelError) -> [Float]
}

/// The checkpoint formats that can be read.
public enum CheckpointForm: String, Sendable, Codable, Hashable {
    /// TensorFlow's V2 format: `PREFIX.index` and `PREFIX.data-00000-of-00001`.
    case tensorFlow = "tensorflow"
    case safetensors
    /// A zip archive with a pickle and one file per storage; PyTorch 1.6 and later.
    case torchArchive = "pytorch"
    /// A sequence of pickles followed by the storages; before PyTorch 1.6.
    case torchLegacy = "pytorch-legacy"
    /// A zip archive with one `.npy` file a variable, as `numpy.savez` writes it.
    case numpyArchive = "npz"
    /// A pickle of dictionaries of NumPy arrays, as networks written with Flax or Haiku are often saved.
    case numpyPickle = "numpy-pickle"
}

extension CheckpointForm: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tensorFlow: "TensorFlow V2 checkpoint"
        case .safetensors: "safetensors"
        case .torchArchive: "PyTorch state dict"
        case .torchLegacy: "PyTorch state dict (legacy)"
        case .numpyArchive: "NumPy archive"
        case .numpyPickle: "pickle of NumPy arrays"
        }
    }
}

/// A file of a checkpoint.
public struct CheckpointFile: Sendable, Codable, Hashable {
    public var path: String
    /// In bytes.
    public var size: Int
}

/// The element types of stored tensors. Only floating-point types can be read.
enum ElementType: Sendable, Hashable {
    case float16
    case bfloat16
    case float32
    case float64
    /// A type that cannot be converted to a variable of the network: its name, and its size in bytes if it has one.
    case other(String, size: Int?)

    /// In bytes; nil for strings and the like.
    var size: Int? {
        switch self {
        case .float16, .bfloat16: 2
        case .float32: 4
        case .float64: 8
        case .other(_, let size): size
        }
    }

    var isFloat: Bool {
        if case .other = self { false } else { true }
    }
}

extension ElementType: CustomStringConvertible {
    var description: String {
        switch self {
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float32: "float32"
        case .float64: "float64"
        case .other(let name, _): name
        }
    }
}
