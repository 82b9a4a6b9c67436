/// What a zone has of one window's heat.
public struct ZoneShare: Sendable, Hashable, Codable {
    public var name: String
    /// The heat inside the zone divided by all heat, after the masks, 0…1; 0 where there is no heat at all.
    public var share: Double
    /// The zone's part of what the network sees of the frame and no mask covers, 0…1: the share that heat would have that is
    /// the same everywhere.
    public var area: Double

    public init(name: String, share: Double, area: Double) {
        self.name = name
        self.share = share
        self.area = area
    }
}
