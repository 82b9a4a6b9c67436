/// The header of a `.npy` file, which describes its array (NumPy Enhancement Proposal 1, versions 1.0, 2.0 and 3.0).
public struct NumPyHeader: Sendable, Hashable {
    public var elementType: NumPyElementType
    /// Sizes of the axes, outermost first (C order).
    public var shape: [Int]

    /// - Note: a shape whose size in bytes exceeds `Int` is refused only by `init(parsing:)` and by writers.
    public init(elementType: NumPyElementType, shape: [Int]) {
        self.elementType = elementType
        self.shape = shape
    }

    /// The maximum size in bytes of magic, version and length: 10 or, from version 2.0 on, 12.
    package static let longestPrologue = 12
    /// The maximum length of the text in bytes; NumPy itself refuses more than 10,000 bytes by default.
    static let longestText = 65_536

    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]  // \x93NUMPY

    /// The byte range of the header's text, from the file's first bytes (at least 10, preferably `longestPrologue`).
    package static func textRange(prologue: [UInt8]) throws(NumPyFormatError) -> Range<Int> {
        guard prologue.count >= 10, prologue.starts(with: magic) else {
            throw NumPyFormatError("is no NumPy array file")
        }
        let start: Int
        let length: Int
        switch prologue[6] {
        case 1:
            start = 10
            length = Int(prologue[8]) | Int(prologue[9]) << 8
        case 2, 3:
            guard prologue.count >= 12 else { throw NumPyFormatError("ends inside its header") }
            start = 12
            length = (0..<4).reduce(0) { $0 | Int(prologue[8 + $1]) << (8 * $1) }
        default:
            throw NumPyFormatError("has NumPy format version \(prologue[6]).\(prologue[7]), which is not known")
        }
        guard length <= longestText else { throw NumPyFormatError("has a header of \(length) bytes") }
        return start..<(start + length)
    }

    /// Parses the header's text.
    package init(parsing text: [UInt8]) throws(NumPyFormatError) {
        let description = try Description(parsing: text)
        guard let elementType = Self.elementType(named: description.descriptor) else {
            throw NumPyFormatError(
                "has elements of type \(description.descriptor); uint8 and little-endian float16, float32 and float64 are read"
            )
        }
        guard !description.isFortranOrder else {
            throw NumPyFormatError("is stored in Fortran order; save it with numpy.ascontiguousarray")
        }
        self.init(elementType: elementType, shape: description.shape)
        guard byteCount != nil else { throw NumPyFormatError("has a shape too large to exist: \(shape)") }
    }

    /// What a header's text says, whatever the element type.
    package struct Description: Sendable, Hashable {
        /// `<f4`.
        package var descriptor: String
        /// Whether the first axis, and not the last, is the one whose elements are neighbours.
        package var isFortranOrder: Bool
        package var shape: [Int]

        /// Reads a Python dictionary with the keys `descr`, `fortran_order` and `shape`.
        package init(parsing text: [UInt8]) throws(NumPyFormatError) {
            var scanner = PythonLiteralScanner(text)
            var descriptor: String?
            var isFortranOrder: Bool?
            var shape: [Int]?
            try scanner.expect("{")
            while try !scanner.skip("}") {
                let key = try scanner.string()
                try scanner.expect(":")
                switch key {
                case "descr": descriptor = try scanner.string()
                case "fortran_order": isFortranOrder = try scanner.boolean()
                case "shape": shape = try scanner.tuple()
                default: throw NumPyFormatError("has a header with the unknown key \(key)")
                }
                if try !scanner.skip(",") {
                    try scanner.expect("}")
                    break
                }
            }
            guard let descriptor, let isFortranOrder, let shape else {
                throw NumPyFormatError("has a header without descr, fortran_order or shape")
            }
            self.descriptor = descriptor
            self.isFortranOrder = isFortranOrder
            self.shape = shape
        }
    }

    private static func elementType(named descriptor: String) -> NumPyElementType? {
        switch descriptor {
        case "u1", "<u1", ">u1", "=u1": .uint8
        default: NumPyElementType(rawValue: descriptor)
        }
    }

    /// The size of the data in bytes; nil if it (or the size with every empty axis counted as 1) exceeds `Int`.
    package var byteCount: Int? {
        var bound = elementType.size
        for axis in shape {
            let (product, overflow) = bound.multipliedReportingOverflow(by: max(axis, 1))
            if overflow || axis < 0 { return nil }
            bound = product
        }
        return shape.contains(0) ? 0 : bound
    }

    /// The file's first bytes, version 1.0, padded so that the data begins at a multiple of 64.
    package var encoded: [UInt8] {
        let axes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(elementType.rawValue)', 'fortran_order': False, 'shape': (\(axes)), }"
        let unpadded = 10 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = text.utf8.count
        return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)] + Array(text.utf8)
    }
}

/// An error in a header, as a clause; readers of files add the file's name.
package struct NumPyFormatError: Error {
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// The element types that `NumPyFile` supports, with NumPy's little-endian names.
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
