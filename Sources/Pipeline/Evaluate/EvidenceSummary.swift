import Engine

/// A summary of each method's evidence over a list of clips; part of `evaluation.json`.
public struct EvidenceSummary: Sendable, Codable, Equatable {
    public struct Spread: Sendable, Codable, Equatable {
        public var mean: Double
        /// Standard deviation over the clips; 0 for one clip.
        public var deviation: Double

        init(_ values: [Double]) {
            let count = Double(values.count)
            let mean = values.reduce(0, +) / max(count, 1)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            self.mean = mean
            deviation = count > 1 ? (squares / (count - 1)).squareRoot() : 0
        }
    }

    public struct Method: Sendable, Codable, Equatable {
        public var name: String
        public var deletion: Spread
        public var insertion: Spread
        /// Insertion minus deletion, minus the same difference of random orders; 0 for the random order itself.
        public var gain: Spread
        /// The area under the median of the clips' performance information curves, and the number of clips with a
        /// curve.
        public var information: Double?
        public var informationClips: Int
        /// Means per clip.
        public var forwardPasses: Double
        public var backwardPasses: Double
        public var seconds: Spread
    }

    public var steps: Int
    /// The number of random orders whose areas are averaged on each clip.
    public var randomOrders: Int
    public var seed: UInt64
    public var clips: Int
    /// `random` first, then the methods in the request's order.
    public var methods: [Method]

    /// - Returns: nil without measured clips.
    init?(_ clips: [ClipEvidence], request: EvidenceRequest) {
        guard !clips.isEmpty else { return nil }
        steps = request.steps
        randomOrders = request.randomOrders
        seed = request.seed
        self.clips = clips.count
        let random = clips.map { clip in
            ClipEvidence.Method(name: "random", areas: clip.random, cost: PassCount(), seconds: 0)
        }
        let named = request.methods.map { name in
            clips.compactMap { clip in clip.methods.first { $0.name == name.rawValue } }
        }
        methods = ([random] + named).map { Self.sum($0, random: clips.map(\.random)) }
    }

    private static func sum(_ clips: [ClipEvidence.Method], random: [ClipEvidence.Areas]) -> Method {
        let curves = clips.compactMap(\.areas.information)
        return Method(
            name: clips.first?.name ?? "", deletion: Spread(clips.map(\.areas.deletion)),
            insertion: Spread(clips.map(\.areas.insertion)),
            gain: Spread(zip(clips, random).map { $0.areas.gain - $1.gain }),
            information: PerformanceInformationCurve.medianArea(curves), informationClips: curves.count,
            forwardPasses: Spread(clips.map { Double($0.cost.forward) }).mean,
            backwardPasses: Spread(clips.map { Double($0.cost.backward) }).mean, seconds: Spread(clips.map(\.seconds)))
    }
}
