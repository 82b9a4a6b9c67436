import Pipeline

/// A part of a camera's frame whose share of the heat is measured, and what of it is an event.
struct ZoneSettings: Sendable, Equatable {
    var region: FrameRegion
    /// The share of a window's heat, 0…1, from which it is an event; nil looks for none.
    var shareAbove: Double?
    /// The answers with which it is one; nil for any.
    var onClass: EventSettings.Classes?

    var name: String { region.name }
}

extension ZoneSettings {
    init(named name: String, below camera: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "\(camera).zone.\(name)"
        shareAbove = try reader.number("\(key).share-above", 0...1)
        onClass = try reader.classes("\(key).on-class")
        if onClass != nil, shareAbove == nil, reader.isRight("\(key).share-above") {
            try reader.refuse("\(key).on-class", "needs \(key).share-above too")
        }
        region = FrameRegion(
            name: name, polygon: try reader.polygon("\(key).points", of: name, in: "\(camera).zones"))
    }
}

extension FrameRegion {
    /// A mask.
    init(maskNamed name: String, below camera: String, _ reader: inout SettingsReader) throws(SettingsError) {
        self.init(
            name: name,
            polygon: try reader.polygon("\(camera).mask.\(name).points", of: name, in: "\(camera).masks"))
    }
}

extension SettingsReader {
    /// Polygons that one camera has of a kind.
    static let mostRegions = 16

    /// Masks or zones: what has points of its own below `parent`, by the names in a list.
    mutating func regions<Value>(
        _ list: String, below parent: String, _ read: (String, inout Self) throws(SettingsError) -> Value
    ) throws(SettingsError) -> [Value] {
        let regions = try sections(list, below: parent, read)
        if regions.count > Self.mostRegions { try refuse(list, "names more than \(Self.mostRegions)") }
        return regions
    }

    fileprivate mutating func polygon(
        _ key: String, of name: String, in list: String
    ) throws(SettingsError) -> Polygon {
        guard let text = try text(key) else { throw missing(key, of: name, in: list) }
        do throws(PolygonError) {
            return try Polygon(text)
        } catch {
            throw wrong(key, error.reason)
        }
    }
}
