/// The element types that `NumPyFile` reads, by NumPy's own little-endian names.
public enum NumPyElementType: String, Sendable, Hashable {
    case uint8 = "|u1"
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"

    /// In bytes.
    public var size: Int {
        switch self {
        case .uint8: 1
        case .float16: 2
        case .float32: 4
        case .float64: 8
        }
    }
}
