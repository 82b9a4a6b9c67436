import Pipeline

/// A zone of a camera, and the conditions for its events.
package struct ZoneSettings: Sendable, Equatable {
    package var region: FrameRegion
    /// The share of a window's heat, 0…1, from which the zone makes an event; nil for no events.
    package var shareAbove: Double?
    /// The answers with which the zone makes an event; nil for any.
    package var onClass: EventSettings.Classes?

    package var name: String { region.name }
}

extension ZoneSettings {
    /// A zone that is measured and makes no events.
    package init(region: FrameRegion) {
        self.init(region: region, shareAbove: nil, onClass: nil)
    }
}

extension ZoneSettings {
    /// The settings of one zone, except its points.
    package static let table: [Setting<ZoneSettings>] = [
        Setting("share-above", .number(0...1), ifSet: \.shareAbove),
        .classes("on-class", ifSet: \.onClass),
    ]

    package init(named name: String, below camera: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "\(camera).zones.\(name)"
        let polygon = try reader.attempt { reader throws(SettingsError) in try reader.polygon(in: key) }
        // Without a polygon there is no zone, but its other errors are reported too.
        self.init(region: FrameRegion(name: name, polygon: polygon ?? .wholeFrame))
        try reader.read(Self.table, below: key, into: &self)
        if onClass != nil, shareAbove == nil, reader.isRight("\(key).share-above") {
            try reader.refuse("\(key).on-class", "needs \(key).share-above too")
        }
        if polygon == nil { throw reader.missing("\(key).points", in: key) }
    }
}

extension FrameRegion {
    /// Reads a mask.
    init(maskNamed name: String, below camera: String, _ reader: inout SettingsReader) throws(SettingsError) {
        self.init(name: name, polygon: try reader.polygon(in: "\(camera).masks.\(name)"))
    }
}

extension SettingsReader {
    /// The maximum number of masks, and of zones, per camera.
    package static let maximumRegions = 16

    /// Reads the masks or the zones.
    package mutating func regions<Value>(
        _ parent: String, _ read: (String, inout Self) throws(SettingsError) -> Value
    ) throws(SettingsError) -> [Value] {
        let kind = parent.split(separator: ".").last ?? "zones"
        let regions = try sections(parent, example: "\(kind): {left: {points: \"0,0 0.5,0 0.5,1 0,1\"}}", read)
        if regions.count > Self.maximumRegions { try refuse(parent, "has more than \(Self.maximumRegions)") }
        return regions
    }

    fileprivate mutating func polygon(in section: String) throws(SettingsError) -> Polygon {
        let key = "\(section).points"
        guard let text = try text(key) else { throw missing(key, in: section) }
        do throws(PolygonError) {
            return try Polygon(text)
        } catch {
            throw wrong(key, error.reason)
        }
    }
}
