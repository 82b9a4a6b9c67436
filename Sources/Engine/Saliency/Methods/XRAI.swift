/// XRAI over space-time regions: the regions of the clip in which another method's attribution is densest (Kapishnikov
/// et al., arXiv 1906.02825).
///
/// Regions are Felzenszwalb and Huttenlocher's, in space and time at once and at six scales. Only the base method makes
/// passes. The regions need up to about 100 bytes per position of a grid of at most `VoxelGrid.maximumVoxels`.
public struct XRAI: SaliencyMethod {
    /// How regions are chosen.
    public enum Algorithm: String, Sendable, CaseIterable, Codable {
        /// Chooses each region by the attribution that it would add to those already chosen.
        case full
        /// Orders the regions once, by their mean attribution.
        case fast
    }

    /// The minimum number of positions that a region must add, as in PAIR's package for an image.
    private static let minimumGrowth = 50.0
    /// The number of pixels by which regions are widened, as in PAIR's package.
    private static let dilation = 5.0

    public let base: any SaliencyMethod
    public let algorithm: Algorithm

    public var name: String { MethodDescriptor.xrai.name }

    /// - Parameters:
    ///   - base: the method whose map is the attribution; integrated gradients in the paper.
    ///   - algorithm: how regions are chosen.
    public init(_ base: any SaliencyMethod, algorithm: Algorithm = .full) {
        self.base = base
        self.algorithm = algorithm
    }

    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try explain(session, targets: [target], control: control)[0]
    }

    /// Explains all targets with the same regions.
    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        func part(_ range: ClosedRange<Double>) -> RunControl {
            RunControl(isCancelled: control.isCancelled) {
                control.progress(range.lowerBound + $0 * (range.upperBound - range.lowerBound))
            }
        }
        let attributed = try base.explain(session, targets: targets, control: part(0...0.6))
        let (shape, pool) = (session.shape, session.pool)
        let grid = VoxelGrid(shape: shape)
        let segments = try SpaceTimeSegments(
            of: session.clip(), grid: grid, channels: shape.channels, pool: pool, control: part(0.6...0.8))
        let masks = RegionMasks(grid: grid, labels: segments.labels, radius: Self.dilation / Double(grid.edge))
        var explanations: [Explanation] = []
        for (index, explanation) in attributed.enumerated() {
            let growth = try RegionGrowth(
                masks, attribution: grid.means(of: explanation.map.values, channels: 1, pool: pool),
                algorithm: algorithm, minimumGrowth: Self.minimumGrowth * SpaceTimeSegments.growth(grid),
                control: part(0.8...1).part(index, of: attributed.count))
            explanations.append(
                Explanation(
                    logits: explanation.logits, target: explanation.resolved,
                    map: session.map(of: grid.expanded(growth.densities, pool: pool)), method: name,
                    cost: explanation.cost))
        }
        control.progress(1)
        return explanations
    }
}

extension MethodDescriptor {
    public static let xrai = MethodDescriptor(
        name: "xrai", title: "XRAI", source: "arXiv 1906.02825", page: "xrai",
        family: .overMap { XRAI($0, algorithm: $1.parameters.regions ?? .full) }, settings: [.attribution, .regions])

    /// The default method whose map XRAI cuts into regions, as in the paper.
    public static var standardAttribution: MethodDescriptor { .integratedGradients }
}
