import Decode
import Engine

/// A mask of where the object is, from an array file.
enum MaskFile {
    /// True where the file is not 0.
    ///
    /// - Throws: `MediaError` if it cannot be read or is not of the map's size `[T, H, W]`.
    static func read(_ path: String, like map: SaliencyMap) throws(MediaError) -> [Bool] {
        let file = try NumPyFile(path)
        let shape = [map.frames, map.height, map.width]
        guard file.shape == shape else {
            throw MediaError(.notMedia, "is a mask of shape \(file.shape), and the map has \(shape)", file: path)
        }
        return try file.floats(rows: 0..<map.frames).map { $0 != 0 }
    }
}
