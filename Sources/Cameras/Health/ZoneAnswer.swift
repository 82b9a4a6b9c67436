import Pipeline

/// What a zone has of the newest window's heat, as the record and the API tell it: by the zone's name.
package struct ZoneAnswer: Encodable {
    package var share: Double
    package var area: Double
}

extension [ZoneShare] {
    /// Nil without zones.
    package var answers: [String: ZoneAnswer]? {
        guard !isEmpty else { return nil }
        let pairs = map { ($0.name, ZoneAnswer(share: $0.share, area: $0.area)) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
