import Engine
import Media

/// A camera's masks and zones on the network's grid, for one connection.
///
/// A cell is weighted by its fraction inside a polygon. If several masks cover a cell, their fractions are added, up to
/// the whole cell, which is exact for masks that do not overlap within a cell.
struct RegionWeights: Sendable {
    private struct Zone: Sendable {
        var name: String
        /// The fraction of each cell inside the zone, `[height, width]`.
        var weights: [Double]
        /// See `ZoneShare`.
        var area: Double
    }

    private let width: Int
    private let height: Int
    /// The fraction of each cell that no mask covers, `[height, width]`; nil without masks.
    private let kept: [Float]?
    private let zones: [Zone]

    /// - Parameters:
    ///   - mapping: the position of the network's frame in the source's.
    ///   - sourceWidth: width of the upright source, in pixels.
    ///   - sourceHeight: height of the upright source, in pixels.
    init(_ regions: FrameRegions, mapping: FrameMapping, sourceWidth: Int, sourceHeight: Int) {
        func coverage(_ polygon: Polygon) -> [Double] {
            PolygonCoverage(polygon, mapping: mapping, sourceWidth: sourceWidth, sourceHeight: sourceHeight).values
        }
        width = mapping.clipWidth
        height = mapping.clipHeight
        let count = width * height
        var masked = [Double](repeating: 0, count: count)
        for mask in regions.masks {
            for (cell, part) in coverage(mask.polygon).enumerated() { masked[cell] += part }
        }
        let open = masked.map { max(1 - $0, 0) }
        kept = regions.masks.isEmpty ? nil : open.map(Float.init)
        // Letterbox bars do not belong to the frame.
        let frame = regions.zones.isEmpty ? [] : coverage(.wholeFrame)
        let seen = zip(frame, open).reduce(0) { $0 + $1.0 * $1.1 }
        zones = regions.zones.map { zone in
            let weights = coverage(zone.polygon)
            let inside = zip(weights, open).reduce(0) { $0 + $1.0 * $1.1 }
            return Zone(name: zone.name, weights: weights, area: seen > 0 ? min(inside / seen, 1) : 0)
        }
    }

    /// The zones that cannot have heat, because they are outside the network's frame or masked.
    var unseenZones: [String] { zones.filter { $0.area == 0 }.map(\.name) }

    /// The explanation without heat under masks.
    ///
    /// - Precondition: its maps have the size of the network's frame.
    func masked(_ explanation: Explanation) -> Explanation {
        guard let kept else { return explanation }
        let map = explanation.map
        precondition(map.width == width && map.height == height)
        func masked(_ values: [Float]) -> [Float] {
            var values = values
            for begin in stride(from: 0, to: values.count, by: kept.count) {
                for (cell, part) in kept.enumerated() where part < 1 {
                    // A fully covered value becomes 0 even if it is NaN.
                    values[begin + cell] = part > 0 ? values[begin + cell] * part : 0
                }
            }
            return values
        }
        return Explanation(
            logits: explanation.logits, target: explanation.resolved,
            map: SaliencyMap(frames: map.frames, height: map.height, width: map.width, values: masked(map.values)),
            signed: explanation.signed.map(masked), method: explanation.method,
            completeness: explanation.completeness, cost: explanation.cost)
    }

    /// The share of each zone in a masked map, in the settings' order.
    ///
    /// - Precondition: the map has the size of the network's frame.
    func shares(of map: SaliencyMap) -> [ZoneShare] {
        guard !zones.isEmpty else { return [] }
        precondition(map.width == width && map.height == height)
        let count = width * height
        var sums = [Double](repeating: 0, count: count)
        for begin in stride(from: 0, to: map.values.count, by: count) {
            for cell in 0..<count { sums[cell] += Double(map.values[begin + cell]) }
        }
        let total = sums.reduce(0, +)
        return zones.map { zone in
            let inside = zip(sums, zone.weights).reduce(0) { $0 + $1.0 * $1.1 }
            let share = total > 0 && total.isFinite ? min(max(inside / total, 0), 1) : 0
            return ZoneShare(name: zone.name, share: share, area: zone.area)
        }
    }
}

/// A named part of a camera's frame.
public struct FrameRegion: Sendable, Equatable {
    public var name: String
    public var polygon: Polygon

    public init(name: String, polygon: Polygon) {
        self.name = name
        self.polygon = polygon
    }
}

/// The masks and zones of a camera.
public struct FrameRegions: Sendable, Equatable {
    /// Heat inside is ignored and not drawn. The network still sees the pixels.
    public var masks: [FrameRegion]
    /// Their share of the heat is measured.
    public var zones: [FrameRegion]
    /// Whether the zones' edges and names are drawn.
    public var outlinesZones: Bool

    public init(masks: [FrameRegion] = [], zones: [FrameRegion] = [], outlinesZones: Bool = false) {
        self.masks = masks
        self.zones = zones
        self.outlinesZones = outlinesZones
    }
}

/// A zone's share of one window's heat.
public struct ZoneShare: Sendable, Hashable, Codable {
    public var name: String
    /// The heat inside the zone divided by all heat, after the masks, 0…1; 0 where there is no heat at all.
    public var share: Double
    /// The zone's fraction of the unmasked part of the frame that the network sees, 0…1: the share of uniform heat.
    public var area: Double

    public init(name: String, share: Double, area: Double) {
        self.name = name
        self.share = share
        self.area = area
    }
}

/// A zone's share of the newest window's heat in the record and the API, by the zone's name.
public struct ZoneResponse: Encodable {
    public var share: Double
    public var area: Double
}

extension [ZoneShare] {
    /// Nil without zones.
    public var answers: [String: ZoneResponse]? {
        guard !isEmpty else { return nil }
        let pairs = map { ($0.name, ZoneResponse(share: $0.share, area: $0.area)) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
