import Engine

/// Deletion and insertion curves of several maps of the clip of one session, and of random orders, which all commands
/// compare them with.
struct TrustCurves {
    static let deletionBaseline = ClipBaseline.mean
    static let insertionBaseline = ClipBaseline.blurred

    let session: EngineSession
    let target: Int
    let steps: Int
    private let ends: [PixelCurveMetric.Direction: PixelCurveMetric.Ends]

    /// Measures the ends that all curves share, with 3 forward passes.
    ///
    /// - Parameter session: holds the clip, which each measurement leaves unchanged.
    init(
        _ session: EngineSession, target: Int, steps: Int, control: RunControl = RunControl()
    ) throws(ModelError) {
        self.session = session
        self.target = target
        self.steps = steps
        var ends: [PixelCurveMetric.Direction: PixelCurveMetric.Ends] = [:]
        for direction in PixelCurveMetric.Direction.allCases {
            ends[direction] = try Self.metric(direction, scope: .clip, steps: steps).ends(
                session, target: target, whole: ends.values.first?.whole, control: control)
        }
        self.ends = ends
    }

    static let endPasses = 3

    /// The number of forward passes for the curves of one map in one scope.
    static func passes(steps: Int) -> Int { PixelCurveMetric.Direction.allCases.count * (max(steps, 1) - 1) }

    /// The curve metric of all commands.
    static func metric(
        _ direction: PixelCurveMetric.Direction, scope: PixelCurveMetric.Scope, steps: Int
    ) -> PixelCurveMetric {
        PixelCurveMetric(
            direction, scope: scope, steps: steps,
            baseline: direction == .deletion ? deletionBaseline : insertionBaseline)
    }

    /// - Parameter map: the map that determines the order of pixels; for a method, its `steady` map.
    func of(
        _ map: SaliencyMap, scopes: [PixelCurveMetric.Scope] = [.clip], control: RunControl
    ) throws(ModelError) -> [TrustResult.Curve] {
        var curves: [TrustResult.Curve] = []
        for direction in PixelCurveMetric.Direction.allCases {
            for scope in scopes {
                guard let ends = ends[direction] else { continue }
                let curve = try Self.metric(direction, scope: scope, steps: steps).curve(
                    session, map: map, target: target, ends: ends, control: control)
                curves.append(TrustResult.Curve(curve, direction: direction, scope: scope))
            }
        }
        return curves
    }

    /// The means over several random orders.
    func random(
        orders: Int, seed: UInt64, control: RunControl
    ) throws(ModelError) -> [TrustResult.Curve] {
        var all: [[TrustResult.Curve]] = []
        for number in 0..<orders {
            all.append(try of(RandomOrder.map(session.shape, seed: seed, number: number), control: control))
        }
        return Self.mean(all)
    }

    /// The means of the curves of several random orders, with the area of each.
    static func mean(_ orders: [[TrustResult.Curve]]) -> [TrustResult.Curve] {
        guard var mean = orders.first else { return [] }
        let count = Double(orders.count)
        for place in mean.indices {
            let curves = orders.map { $0[place] }
            mean[place].probabilities = mean[place].probabilities.indices.map { step in
                curves.reduce(0) { $0 + $1.probabilities[step] } / count
            }
            mean[place].area =
                PixelCurve(
                    fractions: mean[place].fractions, probabilities: mean[place].probabilities
                ).area
            mean[place].areas = curves.map(\.area)
        }
        return mean
    }
}

extension TrustResult.Curve {
    init(_ curve: PixelCurve, direction: PixelCurveMetric.Direction, scope: PixelCurveMetric.Scope) {
        self.init(
            direction: direction, scope: scope, area: curve.area, fractions: curve.fractions,
            probabilities: curve.probabilities)
    }
}

extension [TrustResult.Curve] {
    func of(_ direction: PixelCurveMetric.Direction, _ scope: PixelCurveMetric.Scope) -> TrustResult.Curve? {
        first { $0.direction == direction && $0.scope == scope }
    }

    /// The dependence of the target's probability on the most salient pixels: insertion's area minus deletion's.
    var gain: Double {
        (of(.insertion, .clip)?.area ?? 0) - (of(.deletion, .clip)?.area ?? 0)
    }

    /// The standard error of the mean gain of several random orders; nil for fewer than two.
    var gainError: Double? {
        guard let insertion = of(.insertion, .clip)?.areas, let deletion = of(.deletion, .clip)?.areas,
            insertion.count > 1, insertion.count == deletion.count
        else { return nil }
        let gains = zip(insertion, deletion).map { $0 - $1 }
        let count = Double(gains.count)
        let mean = gains.reduce(0, +) / count
        let squares = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / (count - 1) / count).squareRoot()
    }
}
