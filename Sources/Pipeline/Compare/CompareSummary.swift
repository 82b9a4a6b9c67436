import Engine

/// A summary of a comparison's windows: medians of costs and means of evidence.
public struct CompareSummary: Sendable, Codable, Equatable {
    public struct Mask: Sendable, Codable, Equatable {
        /// The number of frames whose most salient pixel hits the mask, out of `frames` with a mask.
        public var hits: Int
        public var frames: Int
        /// The fraction of the map in the mask, 0…1; nil if the map is 0.
        public var energy: Double?
        /// The mask's fraction of those frames' area.
        public var area: Double
    }

    /// Means over the windows with evidence.
    public struct Evidence: Sendable, Codable, Equatable {
        /// Areas under the curves, 0…1.
        public var deletion: Double
        public var insertion: Double
        public var unexplained: Double
        public var edges: MapSimilarity.Value
        /// Absent without masks.
        public var mask: Mask?
    }

    public struct Random: Sendable, Codable, Equatable {
        public var deletion: Double
        public var insertion: Double
    }

    public struct Method: Sendable, Codable, Equatable {
        /// The method and the settings that distinguish it from others: "integrated-gradients, steps 50".
        public var label: String
        public var settings: MethodRecord
        /// The cost per window as if the method were computed alone; the median of all windows.
        public var cost: CompareResult.Cost
        /// Absent if none was measured.
        public var evidence: Evidence?
    }

    /// In the panes' order.
    public var methods: [Method]
    /// The values of a random order; absent if no evidence was measured.
    public var random: Random?
    /// Absent if no evidence was measured.
    public var similarity: MapMatrix?
    /// Median seconds of a forward pass.
    public var forwardSeconds: Double
    /// The windows with evidence.
    public var evidenceWindows: [Int]
    /// The median cost of evidence per window.
    public var evidenceCost: CompareResult.Cost?
    /// The cost of all windows, with shared passes counted once.
    public var cost: CompareResult.Cost

    init(_ windows: [CompareResult.Window], methods requests: [SaliencyRequest]) {
        let evidence = windows.compactMap(\.evidence)
        methods = requests.enumerated().map { index, request in
            Method(
                label: request.label, settings: MethodRecord(request),
                cost: CompareResult.Cost(median: windows.map { $0.methods[index].cost }),
                evidence: Evidence(mean: evidence.map { $0.methods[index] }))
        }
        random =
            evidence.isEmpty
            ? nil
            : Random(
                deletion: Self.mean(evidence.map(\.random.deletion.area)) ?? 0,
                insertion: Self.mean(evidence.map(\.random.insertion.area)) ?? 0)
        similarity = MapMatrix(mean: evidence.map(\.similarity))
        forwardSeconds = Self.median(windows.map(\.forwardSeconds))
        evidenceWindows = windows.filter { $0.evidence != nil }.map(\.index)
        evidenceCost = evidence.isEmpty ? nil : CompareResult.Cost(median: evidence.map(\.cost))
        cost = windows.reduce(CompareResult.Cost(PassCount(), seconds: 0)) { $0 + $1.cost }
    }

    /// The mean of the values that exist; nil if there are none.
    static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// The lower median; 0 without values.
    fileprivate static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[(values.count - 1) / 2]
    }
}

extension CompareSummary.Evidence {
    fileprivate init?(mean evidence: [CompareResult.MapEvidence]) {
        guard !evidence.isEmpty else { return nil }
        deletion = CompareSummary.mean(evidence.map(\.curves.deletion.area)) ?? 0
        insertion = CompareSummary.mean(evidence.map(\.curves.insertion.area)) ?? 0
        unexplained = CompareSummary.mean(evidence.map(\.unexplained)) ?? 0
        edges = MapSimilarity.Value(
            rankCorrelation: CompareSummary.mean(evidence.map(\.edges.rankCorrelation)),
            structuralSimilarity: CompareSummary.mean(evidence.map(\.edges.structuralSimilarity)))
        let masks = evidence.compactMap(\.mask)
        mask = CompareSummary.mean(masks.map(\.area)).map { area in
            CompareSummary.Mask(
                hits: masks.reduce(0) { $0 + $1.hits }, frames: masks.reduce(0) { $0 + $1.frames },
                energy: CompareSummary.mean(masks.map(\.energy)), area: area)
        }
    }
}

extension CompareResult.Cost {
    /// The cost with the median seconds; its passes are those of all windows unless the method depends on the frames.
    fileprivate init(median costs: [CompareResult.Cost]) {
        let sorted = costs.sorted { $0.seconds < $1.seconds }
        self = sorted.isEmpty ? CompareResult.Cost(PassCount(), seconds: 0) : sorted[(sorted.count - 1) / 2]
    }

    fileprivate static func + (first: Self, second: Self) -> Self {
        CompareResult.Cost(
            PassCount(
                forward: first.forwardPasses + second.forwardPasses,
                backward: first.backwardPasses + second.backwardPasses), seconds: first.seconds + second.seconds)
    }
}
