/// One form of checkpoint file, opened: what it lists, and the values on demand.
///
/// Opening reads the index and checks that everything it places lies inside the files; `values` reads one tensor and
/// checks its checksum where the form has one.
protocol CheckpointReader: Sendable {
    var form: CheckpointForm { get }
    /// The files read, with the one that holds the index first.
    var files: [CheckpointFile] { get }
    /// In the order of the file.
    var tensors: [StoredTensor] { get }
    /// Text that the checkpoint carries beside its tensors.
    var metadata: [String: String] { get }
    /// The tensor's values as float32, dense and row-major in its own shape.
    func values(of tensor: StoredTensor) throws(ModelError) -> [Float]
}

/// The forms of checkpoints that are read.
public enum CheckpointForm: String, Sendable, Codable, Hashable {
    /// TensorFlow's V2 format: `PREFIX.index` and `PREFIX.data-00000-of-00001`.
    case tensorFlow = "tensorflow"
    case safetensors
    /// A zip archive with a pickle and one file a storage; PyTorch 1.6 and later.
    case torchArchive = "pytorch"
    /// A sequence of pickles with the storages behind them; before PyTorch 1.6.
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

/// The element types of stored tensors, by their safetensors names; whatever is no float is only named.
enum ElementType: Sendable, Hashable {
    case float16
    case bfloat16
    case float32
    case float64
    /// Not convertible to a variable of the network; its size in bytes where it has one.
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
