import Decode
import Media

extension Window {
    /// Writes the network's input as an array `[T, H, W, C]`: uint8 as resized and cropped, 0…255, or float32 in the
    /// network's own range for optical flow that came as floats. As an input file it is the same window again.
    ///
    /// - Throws: `MediaError`: `outputExists`, `cannotWrite`.
    func write(to path: String, replacing isReplacing: Bool) throws(MediaError) {
        guard let first = frames.first else { return }
        let shape = [frames.count, first.height, first.width, first.channels]
        switch first.pixels {
        case .bytes:
            try NumPyFile.write(path, shape: shape, bytes: frames.flatMap(\.storedBytes), replacing: isReplacing)
        case .floats:
            try NumPyFile.write(path, shape: shape, floats: frames.flatMap(\.storedFloats), replacing: isReplacing)
        }
    }
}

// A window's frames all come from one source, and so have samples of one kind.
extension ClipFrame {
    fileprivate var storedBytes: [UInt8] {
        if case .bytes(let bytes) = pixels { bytes } else { [] }
    }

    fileprivate var storedFloats: [Float] {
        if case .floats(let values) = pixels { values } else { [] }
    }
}
