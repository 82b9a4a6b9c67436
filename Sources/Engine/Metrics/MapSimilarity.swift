/// The similarity of maps to one original, as compared by sanity checks (Adebayo et al., arXiv 1810.03292, section 3).
public struct MapSimilarity: Sendable {
    /// Two measures of similarity, 1 for equal maps.
    public struct Value: Sendable, Codable, Equatable {
        /// Spearman's rank correlation of the magnitudes over all pixels of the clip; nil if a map is constant.
        public var rankCorrelation: Double?
        /// The structural similarity of the display maps (0…1, saturated at the 99th percentile), averaged over the
        /// frames; nil if they are smaller than 7x7 pixels.
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

    /// The similarity of `map` to the original.
    public func of(_ map: SaliencyMap) -> Value {
        let magnitudes = map.magnitudes
        return Value(
            rankCorrelation: ranks.with(magnitudes.values),
            structuralSimilarity: StructuralSimilarity.mean(display, magnitudes.displayed, range: 1))
    }
}

extension SaliencyMap {
    /// The map without signs.
    public var magnitudes: SaliencyMap {
        SaliencyMap(frames: frames, height: height, width: width, values: values.map(\.magnitude))
    }

    /// The map as it is displayed, 0…1.
    fileprivate var displayed: SaliencyMap {
        SaliencyMap(frames: frames, height: height, width: width, values: normalized())
    }
}
