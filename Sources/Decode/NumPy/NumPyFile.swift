import Files
import Media

/// A `.npy` file open for reading by rows: a row consists of all elements at one index of the outermost axis.
///
/// Only the header is held in memory. Several threads may read rows at the same time.
public final class NumPyFile: Sendable {
    public let header: NumPyHeader
    private let file: any ReadableBytes
    /// The offset of the first row in bytes.
    private let dataOffset: Int

    /// - Throws: `MediaError`: `cannotOpen`; `notMedia` if it is not a NumPy file or has an unsupported format;
    ///   `damaged` if the file is shorter than its header states.
    public convenience init(_ path: String) throws(MediaError) {
        let file: ReadableFile
        do throws(FileError) {
            file = try ReadableFile(path)
        } catch {
            throw MediaError(error)
        }
        try self.init(file)
    }

    /// Reads the header of an open file.
    public init(_ file: any ReadableBytes) throws(MediaError) {
        self.file = file
        do throws(NumPyFormatError) {
            let range = try NumPyHeader.textRange(
                prologue: Self.read(file, 0..<min(NumPyHeader.longestPrologue, file.size)))
            header = try NumPyHeader(parsing: Self.read(file, range))
            dataOffset = range.upperBound
        } catch {
            throw MediaError(.notMedia, error.reason, file: file.path)
        }
        guard let expected = header.byteCount, file.size - dataOffset >= expected else {
            throw MediaError(
                .damaged,
                "is truncated: shape \(header.shape) needs \(header.byteCount ?? .max) bytes of data, "
                    + "\(max(file.size - dataOffset, 0)) are there", file: file.path)
        }
    }

    public var path: String { file.path }
    /// Sizes of the axes, outermost first.
    public var shape: [Int] { header.shape }
    public var elementType: NumPyElementType { header.elementType }
    /// The size of the outermost axis; 1 for an array without axes.
    public var rowCount: Int { shape.first ?? 1 }
    /// The number of elements in a row.
    public var elementsPerRow: Int { shape.dropFirst().reduce(1, *) }

    /// Rows of a uint8 array, unchanged: `[rows.count, …]`.
    ///
    /// - Throws: `MediaError` if the elements are not uint8, the rows do not exist or the file cannot be read.
    public func bytes(rows: Range<Int>) throws(MediaError) -> [UInt8] {
        guard elementType == .uint8 else {
            throw MediaError(.notMedia, "has elements of type \(elementType), not uint8", file: path)
        }
        return try values(UInt8.self, rows: rows)
    }

    /// Rows converted from any element type to float32, without scaling: `[rows.count, …]`.
    ///
    /// - Throws: `MediaError` if the rows do not exist or the file cannot be read.
    public func floats(rows: Range<Int>) throws(MediaError) -> [Float] {
        switch elementType {
        case .uint8: try values(UInt8.self, rows: rows).map(Float.init)
        case .float16: try values(UInt16.self, rows: rows).map { Float(Float16(bitPattern: $0)) }
        case .float32: try values(Float.self, rows: rows)
        case .float64: try values(Double.self, rows: rows).map(Float.init)
        }
    }

    private func values<Value: BitwiseCopyable>(
        _ type: Value.Type, rows: Range<Int>
    ) throws(MediaError) -> [Value] {
        guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
            throw MediaError(.damaged, "has \(rowCount.counted("row")); \(rows) were asked for", file: path)
        }
        do throws(FileError) {
            return try file.values(
                type, at: dataOffset + rows.lowerBound * elementsPerRow * elementType.size,
                count: rows.count * elementsPerRow)
        } catch {
            throw MediaError(error)
        }
    }

    private static func read(_ file: any ReadableBytes, _ range: Range<Int>) throws(NumPyFormatError) -> [UInt8] {
        do throws(FileError) {
            return try file.bytes(at: range.lowerBound, count: range.count)
        } catch {
            throw NumPyFormatError("ends inside its header")
        }
    }
}

extension NumPyFile {
    /// Writes a float32 array in C order; the file appears only when it is complete.
    ///
    /// - Parameter isReplacing: whether an existing file may be replaced.
    /// - Throws: `MediaError`: `outputExists`, `cannotWrite`.
    public static func write(
        _ path: String, shape: [Int], floats: [Float], replacing isReplacing: Bool = false
    ) throws(MediaError) {
        try write(path, NumPyHeader(elementType: .float32, shape: shape), floats, isReplacing)
    }

    /// Writes a uint8 array in C order; the file appears only when it is complete.
    ///
    /// - Parameter isReplacing: whether an existing file may be replaced.
    /// - Throws: `MediaError`: `outputExists`, `cannotWrite`.
    public static func write(
        _ path: String, shape: [Int], bytes: [UInt8], replacing isReplacing: Bool = false
    ) throws(MediaError) {
        try write(path, NumPyHeader(elementType: .uint8, shape: shape), bytes, isReplacing)
    }

    private static func write<Value: BitwiseCopyable>(
        _ path: String, _ header: NumPyHeader, _ values: [Value], _ isReplacing: Bool
    ) throws(MediaError) {
        guard header.byteCount == values.count * MemoryLayout<Value>.size else {
            throw MediaError(.cannotWrite, "\(values.count) elements do not fill shape \(header.shape)", file: path)
        }
        do throws(FileError) {
            let file = try AtomicFile(path, replacing: isReplacing)
            try file.write(header.encoded)
            try file.write(values)
            try file.commit()
        } catch {
            throw MediaError(error)
        }
    }
}
