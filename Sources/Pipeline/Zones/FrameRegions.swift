/// A part of a camera's frame that has a name.
public struct FrameRegion: Sendable, Equatable {
    public var name: String
    public var polygon: Polygon

    public init(name: String, polygon: Polygon) {
        self.name = name
        self.polygon = polygon
    }
}

/// What the heat of a camera is measured in, and where there is to be none.
public struct FrameRegions: Sendable, Equatable {
    /// Heat inside counts for nothing and is not drawn. The network sees the pixels all the same.
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
