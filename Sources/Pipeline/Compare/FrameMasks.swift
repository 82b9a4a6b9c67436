import Decode
import Media

/// The masks of the object in all frames of a source, from an array file `[frames, H, W]`; 0 is outside.
///
/// H and W are those of the upright source or of the network's frame.
struct FrameMasks: Sendable {
    /// The number of frames with a mask.
    var count: Int { file.rowCount }

    private let file: NumPyFile

    /// - Throws: `MediaError` if it cannot be read or is not such an array.
    init(_ path: String) throws(MediaError) {
        file = try NumPyFile(path)
        guard file.shape.count == 3, file.rowCount > 0, file.elementsPerRow > 0 else {
            throw MediaError(.notMedia, "has the shape \(file.shape); masks are [frames, height, width]", file: path)
        }
    }

    /// - Throws: `MediaError.notMedia` if the masks have neither the source's size nor that of the network's frame.
    func check(_ source: OpenedSource) throws(MediaError) {
        let (properties, mapping) = (source.properties, source.mapping)
        guard isOf(properties.width, properties.height) || isOf(mapping.clipWidth, mapping.clipHeight) else {
            throw MediaError(
                .notMedia,
                "has masks of \(file.shape[2])x\(file.shape[1]); the video is \(properties.width)x\(properties.height), "
                    + "and the network's frame \(mapping.clipWidth)x\(mapping.clipHeight)", file: file.path)
        }
    }

    /// The mask of a window in the shape `[T, H, W]` of its map; frames without a mask count as outside. Nil if the
    /// mask is empty.
    ///
    /// - Throws: `MediaError` if the file cannot be read.
    func mask(of window: Window, in source: OpenedSource) throws(MediaError) -> [Bool]? {
        let mapping = source.mapping
        let (width, height) = (mapping.clipWidth, mapping.clipHeight)
        let places =
            isOf(source.properties.width, source.properties.height) ? places(mapping) : (0..<width * height).map { $0 }
        var mask: [Bool] = []
        mask.reserveCapacity(window.frames.count * places.count)
        var last: (frame: Int, mask: [Bool])?
        for frame in window.frames {
            if let last, last.frame == frame.sourceIndex {
                mask += last.mask
                continue
            }
            var part = [Bool](repeating: false, count: places.count)
            if frame.sourceIndex < file.rowCount {
                let values = try file.floats(rows: frame.sourceIndex..<frame.sourceIndex + 1)
                part = places.map { place in place.map { values[$0] != 0 } ?? false }
            }
            mask += part
            last = (frame.sourceIndex, part)
        }
        return mask.contains(true) ? mask : nil
    }

    private func isOf(_ width: Int, _ height: Int) -> Bool { file.shape[1] == height && file.shape[2] == width }

    /// For each pixel of the network's frame the source pixel at its centre; nil on letterbox bars.
    private func places(_ mapping: FrameMapping) -> [Int?] {
        let (width, height) = (file.shape[2], file.shape[1])
        return (0..<mapping.clipHeight).flatMap { y in
            (0..<mapping.clipWidth).map { x -> Int? in
                let column = (mapping.originX + (Double(x) + 0.5) * mapping.scaleX).rounded(.down)
                let row = (mapping.originY + (Double(y) + 0.5) * mapping.scaleY).rounded(.down)
                guard column >= 0, row >= 0, column < Double(width), row < Double(height) else { return nil }
                return Int(row) * width + Int(column)
            }
        }
    }
}
