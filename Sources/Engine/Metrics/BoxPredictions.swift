/// What a map predicts for the boxes of an `Infidelity`, beside what the target's logit really lost without them.
public struct BoxPredictions: Sendable {
    /// The map's sum over each box.
    private let products: [Double]
    /// The logit's loss without each box.
    private let losses: [Double]
    /// Σ p², Σ pd and Σ d².
    private let sums: (products: Double, mixed: Double, losses: Double)

    /// - Parameters:
    ///   - map: `[T, H, W]` of the clip's size.
    ///   - shape: of the clip.
    ///   - infidelity: determines the boxes.
    ///   - losses: of all its boxes, by `Infidelity.losses`.
    public init(_ map: SaliencyMap, shape: ClipShape, _ infidelity: Infidelity, losses: [Double]) {
        let products = infidelity.places(in: shape).prefix(losses.count).map { box in
            var sum = 0.0
            box.forEachRow(in: shape) { sum += map.values[$0].reduce(0) { $0 + Double($1) } }
            return sum
        }
        self.init(products: products, losses: losses)
    }

    init(products: [Double], losses: [Double]) {
        self.products = products
        self.losses = losses
        sums = (
            products.reduce(0) { $0 + $1 * $1 }, zip(products, losses).reduce(0) { $0 + $1.0 * $1.1 },
            losses.reduce(0) { $0 + $1 * $1 }
        )
    }

    /// The map's infidelity, with its standard error.
    public var value: Infidelity.Value {
        var value = Infidelity.value(products: products, losses: losses)
        value.standardError = Jackknife.standardError(losses.count) { unexplained(without: $0) }
        return value
    }

    /// A map's unexplained part as a multiple of the mean of other maps, on the same boxes.
    public struct Ratio: Sendable, Codable, Equatable {
        public var ratio: Double
        /// By the jackknife over the boxes; nil for fewer than two.
        public var standardError: Double?

        public init(ratio: Double, standardError: Double? = nil) {
            self.ratio = ratio
            self.standardError = standardError
        }
    }

    /// - Parameter references: of other maps on the same boxes.
    /// - Returns: nil if they leave nothing unexplained.
    public func ratio(to references: [BoxPredictions]) -> Ratio? {
        let value = Infidelity.value(products: products, losses: losses).unexplained
        let reference = Self.mean(references).unexplained
        guard reference > 0 else { return nil }
        let error = Jackknife.standardError(losses.count) { box in
            let reference = Self.meanUnexplained(references, without: box)
            return reference > 0 ? unexplained(without: box) / reference : value
        }
        return Ratio(ratio: value / reference, standardError: error)
    }

    /// The means of the infidelities of several maps on the same boxes, and the standard error of the mean unexplained
    /// part.
    public static func mean(_ all: [BoxPredictions]) -> Infidelity.Value {
        let values = all.map { Infidelity.value(products: $0.products, losses: $0.losses) }
        let count = Double(max(values.count, 1))
        return Infidelity.Value(
            infidelity: values.reduce(0) { $0 + $1.infidelity } / count,
            unexplained: values.reduce(0) { $0 + $1.unexplained } / count,
            standardError: Jackknife.standardError(all.first?.losses.count ?? 0) { meanUnexplained(all, without: $0) })
    }

    private static func meanUnexplained(_ all: [BoxPredictions], without box: Int) -> Double {
        all.reduce(0) { $0 + $1.unexplained(without: box) } / Double(max(all.count, 1))
    }

    /// The unexplained part of all boxes but one: with the best factor β, Σ (βp − d)² = Σ d² − (Σ pd)² / Σ p².
    func unexplained(without box: Int) -> Double {
        let (p, d) = (products[box], losses[box])
        let (products, mixed, losses) = (sums.products - p * p, sums.mixed - p * d, sums.losses - d * d)
        guard losses > 0 else { return 0 }
        guard products > 0 else { return 1 }
        return min(max(1 - mixed * mixed / (products * losses), 0), 1)
    }
}
