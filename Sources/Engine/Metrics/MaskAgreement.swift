/// The agreement of a map with a mask of the object.
///
/// Pointing game (Zhang et al., arXiv 1608.00507): a frame is a hit if its most salient pixel lies in the mask or at
/// most `tolerance` pixels from it. Energy (Wang et al., arXiv 1910.01279, section 4.2): the part of the map's sum that
/// lies in the mask; for a constant map it equals the mask's part of the area.
public struct MaskAgreement: Sendable, Codable, Equatable {
    /// The number of frames whose most salient pixel hits the mask.
    public var hits: Int
    /// The number of frames that have a mask.
    public var frames: Int
    /// 0…1, over all frames that have a mask; nil if the map is 0 there.
    public var energy: Double?
    /// The part of these frames' area that the mask covers, 0…1.
    public var area: Double

    /// - Parameters:
    ///   - map: with or without signs; its magnitudes are used.
    ///   - mask: `[T, H, W]`, true where the object is; frames without any are left out.
    ///   - tolerance: in pixels, Euclidean; 15 as published, for frames of about 224 pixels.
    /// - Throws: `invalidRequest` if the mask does not have the map's size or is empty.
    public init(_ map: SaliencyMap, mask: [Bool], tolerance: Double = 15) throws(ModelError) {
        let plane = map.height * map.width
        guard mask.count == map.values.count, mask.count == map.frames * plane else {
            throw ModelError(.invalidRequest, "the mask does not have the map's size")
        }
        var (hits, frames, covered) = (0, 0, 0)
        var (inside, total) = (0.0, 0.0)
        for frame in 0..<map.frames {
            let pixels = frame * plane..<(frame + 1) * plane
            let area = mask[pixels].count { $0 }
            guard area > 0 else { continue }
            frames += 1
            covered += area
            var peak = pixels.lowerBound
            for pixel in pixels {
                let magnitude = map.values[pixel].magnitude
                total += Double(magnitude)
                if mask[pixel] { inside += Double(magnitude) }
                if magnitude > map.values[peak].magnitude { peak = pixel }
            }
            let place = peak - pixels.lowerBound
            if Self.isNear(mask[pixels], place, width: map.width, height: map.height, tolerance) { hits += 1 }
        }
        guard frames > 0 else { throw ModelError(.invalidRequest, "the mask covers nothing") }
        self.hits = hits
        self.frames = frames
        energy = total > 0 ? inside / total : nil
        area = Double(covered) / Double(frames * plane)
    }

    private static func isNear(
        _ mask: ArraySlice<Bool>, _ place: Int, width: Int, height: Int, _ tolerance: Double
    ) -> Bool {
        let (x, y) = (place % width, place / width)
        let reach = Int(min(max(tolerance, 0), Double(max(width, height))))
        for row in max(y - reach, 0)...min(y + reach, height - 1) {
            for column in max(x - reach, 0)...min(x + reach, width - 1) {
                let (dx, dy) = (Double(column - x), Double(row - y))
                guard dx * dx + dy * dy <= tolerance * tolerance else { continue }
                if mask[mask.startIndex + row * width + column] { return true }
            }
        }
        return false
    }
}
