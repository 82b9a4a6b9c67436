import Encode
import Engine

/// Measures all methods on the clip of one session.
struct TrustEvidence {
    /// One method's measures.
    struct Measures {
        let name: String
        let method: any SaliencyMethod
        let map: SaliencyMap
        var curves: [TrustResult.Curve] = []
        /// For path methods only.
        let completeness: Completeness?
        var information: InformationMetric.Value?
        var infidelity: Infidelity.Value?
        var maxSensitivity: Double?
        var classes: [LogitRandomization.Step] = []
        var edges = MapSimilarity.Value()
    }

    static let deletionBaseline = ClipBaseline.mean
    static let insertionBaseline = ClipBaseline.blurred

    let session: EngineSession
    let target: Int
    let steps: Int
    let seed: UInt64
    var scopes = PixelCurveMetric.Scope.allCases
    let isCancelled: () -> Bool
    /// Called after every forward pass of a curve and after every other class.
    var afterPass: () -> Void = {}
    /// Reports the current measurement.
    var report: (String) -> Void = { _ in }

    private var control: RunControl { RunControl(isCancelled: isCancelled) { _ in afterPass() } }

    /// The measures of an uninformed map: pixels in random order.
    struct Random {
        var curves: [TrustResult.Curve] = []
        var information: InformationMetric.Value?
        var infidelity: Infidelity.Value?
    }

    /// Measures everything that requires only the trained network.
    func measure(_ methods: [Measures]) throws(ModelError) -> (methods: [Measures], random: Random) {
        report("random order")
        let order = RandomOrder.map(session.shape, seed: seed)
        var random = Random(curves: try curves(order))
        report("information")
        let information = try information(methods.map(\.map.steady) + [order])
        random.information = information?.last
        let edges = MapSimilarity(to: FrameEdges.map(of: session))
        report("infidelity")
        let infidelities = try Infidelity(seed: seed).values(
            session, maps: methods.map(\.map) + [order], target: target, control: control)
        random.infidelity = infidelities.last
        var measured = methods
        for index in methods.indices {
            let (name, method, map) = (methods[index].name, methods[index].method, methods[index].map)
            measured[index].information = information?[index]
            measured[index].infidelity = infidelities[index]
            measured[index].edges = edges.of(map)
            report("\(name): deletion and insertion")
            measured[index].curves = try curves(map.steady)
            report("\(name): noise")
            measured[index].maxSensitivity = try MaxSensitivity(seed: seed).value(
                session, method: method, original: map, target: target, control: control)
            report("\(name): other classes")
            measured[index].classes = try otherClasses(methods[index])
        }
        return (measured, random)
    }

    /// The number of calls of `report` by `measure`.
    static func reportCount(methods: Int) -> Int { 3 + 3 * methods }

    /// Whether the information of clips can be measured.
    static func canMeasureInformation(channels: Int) -> Bool { channels == 3 && ImageSize.isKnown }

    func otherClasses(_ method: Measures) throws(ModelError) -> [LogitRandomization.Step] {
        try LogitRandomization(seed: seed).steps(
            session, method: method.method, original: method.map, target: target, control: control)
    }

    /// - Parameter maps: the maps whose order determines when pixels are restored; for methods, their `steady` maps.
    func information(_ maps: [SaliencyMap]) throws(ModelError) -> [InformationMetric.Value]? {
        guard Self.canMeasureInformation(channels: session.shape.channels) else { return nil }
        let size: InformationMetric.ImageSize = { image, height, width in
            try? ImageSize.webP(Image(width: width, height: height, channels: 3, bytes: image))
        }
        return try InformationMetric(seed: seed).values(
            session, maps: maps, target: target, size: size, control: control)
    }

    /// The curve metric of all commands.
    static func metric(
        _ direction: PixelCurveMetric.Direction, scope: PixelCurveMetric.Scope, steps: Int
    ) -> PixelCurveMetric {
        PixelCurveMetric(
            direction, scope: scope, steps: steps,
            baseline: direction == .deletion ? deletionBaseline : insertionBaseline)
    }

    /// - Parameter map: the map that determines the order of pixels; for a method, its `steady` map.
    func curves(_ map: SaliencyMap) throws(ModelError) -> [TrustResult.Curve] {
        var curves: [TrustResult.Curve] = []
        for direction in PixelCurveMetric.Direction.allCases {
            for scope in scopes {
                let curve = try Self.metric(direction, scope: scope, steps: steps).curve(
                    session, map: map, target: target, control: control)
                curves.append(
                    TrustResult.Curve(
                        direction: direction, scope: scope, area: curve.area, fractions: curve.fractions,
                        probabilities: curve.probabilities))
            }
        }
        return curves
    }
}
