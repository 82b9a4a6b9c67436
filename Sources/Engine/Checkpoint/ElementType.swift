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
