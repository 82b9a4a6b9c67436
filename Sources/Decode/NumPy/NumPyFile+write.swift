import Files
import Media

extension NumPyFile {
    /// Writes a float32 array in C order, whole or not at all.
    ///
    /// - Parameter isReplacing: whether an existing file may be replaced.
    /// - Throws: `MediaError`: `outputExists`, `cannotWrite`.
    public static func write(
        _ path: String, shape: [Int], floats: [Float], replacing isReplacing: Bool = false
    ) throws(MediaError) {
        try write(path, NumPyHeader(elementType: .float32, shape: shape), floats, isReplacing)
    }

    /// Writes a uint8 array in C order, whole or not at all.
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
