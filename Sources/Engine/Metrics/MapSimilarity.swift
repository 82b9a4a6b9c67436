/// How alike a map is to one original: what sanity checks compare (Adebayo et al., arXiv 1810.03292, section 3).
public struct MapSimilarity: Sendable {
    /// Two measures of likeness, 1 for maps that are the same.
    public struct Value: Sendable, Codable, Equatable {
        /// Spearman's, of the magnitudes, over all pixels of the clip; nil where a map is all of one value.
        public var rankCorrelation: Double?
        /// Of the display maps (0…1, saturated at the 99th percentile), mean of the frames; nil below 7x7 pixels.
        public var structuralSimilarity: Double?

        public init(rankCorrelation: Double? = nil, structuralSimilarity: Double? = nil) {
            self.rankCorrelation = rankCorrelation
            self.structuralSimilarity = structuralSimilarity
        }
    }

    private let display: SaliencyMap
    private let ranks: RankCorrelation

    public init(to original: SaliencyMap) {
        let magnitudes = original.magnitudes
        display = magnitudes.displayed
        ranks = RankCorrelation(magnitudes.values)
    }

    /// How alike `map` is to the original.
    public func of(_ map: SaliencyMap) -> Value {
        let magnitudes = map.magnitudes
        return Value(
            rankCorrelation: ranks.with(magnitudes.values),
            structuralSimilarity: StructuralSimilarity.mean(display, magnitudes.displayed, range: 1))
    }
}

extension SaliencyMap {
    /// Its values without their signs.
    public var magnitudes: SaliencyMap {
        SaliencyMap(frames: frames, height: height, width: width, values: values.map(\.magnitude))
    }

    /// As it is shown, 0…1.
    fileprivate var displayed: SaliencyMap {
        SaliencyMap(frames: frames, height: height, width: width, values: normalized())
    }
}
