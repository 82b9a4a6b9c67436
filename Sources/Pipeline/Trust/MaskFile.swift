import Decode

/// A mask of where the object is, from an array file.
enum MaskFile {
    /// True where the file is not 0.
    ///
    /// - Throws: `MediaError` if it cannot be read or is not of the window's size `[T, H, W]`.
    static func read(_ path: String, for window: Window) throws(MediaError) -> [Bool] {
        let file = try NumPyFile(path)
        let shape = [window.frames.count, window.frames.first?.height ?? 0, window.frames.first?.width ?? 0]
        guard file.shape == shape else {
            throw MediaError(.notMedia, "is a mask of shape \(file.shape), and the window's is \(shape)", file: path)
        }
        let mask = try file.floats(rows: 0..<window.frames.count).map { $0 != 0 }
        guard mask.contains(true) else { throw MediaError(.notMedia, "is a mask that covers nothing", file: path) }
        return mask
    }
}
