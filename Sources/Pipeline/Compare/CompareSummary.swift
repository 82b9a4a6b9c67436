import Engine

/// The windows of a comparison in one table: medians of costs, means of evidence.
public struct CompareSummary: Sendable, Codable, Equatable {
    public struct Mask: Sendable, Codable, Equatable {
        /// Frames whose most salient pixel hits the mask, of `frames` that have one.
        public var hits: Int
        public var frames: Int
        /// The part of the map in the mask, 0…1; nil if the map is 0.
        public var energy: Double?
        /// The mask's part of those frames' area.
        public var area: Double
    }

    /// Means over the windows that evidence was measured on.
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
        /// The method and what tells it from others: "integrated-gradients, steps 50".
        public var label: String
        public var settings: MethodRecord
        /// Of a window, as if the method were alone; the median of all windows.
        public var cost: CompareResult.Cost
        /// Absent where none was measured.
        public var evidence: Evidence?
    }

    /// In the panes' order.
    public var methods: [Method]
    /// Of a random order; absent where no evidence was measured.
    public var random: Random?
    /// Absent where no evidence was measured.
    public var similarity: MapMatrix?
    /// Median seconds of a forward pass.
    public var forwardSeconds: Double
    /// The windows that evidence was measured on.
    public var evidenceWindows: [Int]
    /// What evidence takes for a window: the median.
    public var evidenceCost: CompareResult.Cost?
    /// What all windows took, without the passes that were shared.
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

    /// Over those that are there; nil without any.
    static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// The lower of the two in the middle; 0 without any.
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
    /// The passes of the one with the median seconds; all windows take as many, where a method does not look at the frames.
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
