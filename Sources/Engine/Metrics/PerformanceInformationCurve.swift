/// How much of an answer is restored with how much of the information (Kapishnikov et al., XRAI, arXiv 1906.02825,
/// section 4.2): the part of PAIR's `compute_pic_metric` after sizes and predictions have been measured.
///
/// Both axes are scaled from the blurred clip (0) to the clip itself (1): the horizontal axis is the compressed size,
/// the vertical axis the network's answer. If a map marks the pixels that the network uses, little information restores
/// the answer, and the area under the curve is large.
public struct PerformanceInformationCurve: Sendable, Codable, Equatable {
    /// Ascending, from 0 to 1.
    public var information: [Double]
    /// 0…1; begins with 0 and ends with 1.
    public var performance: [Double]

    /// The number of equal parts into which curves are divided for their area.
    static let readings = 1000

    /// - Parameters:
    ///   - sizes: the bytes of the blurred clip, of clips with more and more of the pixels, and of the clip itself.
    ///   - predictions: for each of these the class's probability, or 1 if the class is the answer and 0 otherwise.
    ///   - minimumPrediction: the minimum for the clip itself.
    ///   - isMonotonous: whether the highest value so far is kept, as in the paper.
    /// - Returns: nil if the blurred clip has as many bytes or as high a prediction as the clip itself, so that there
    ///   is no scale, or if the clip's prediction is below the minimum.
    public init?(sizes: [Int], predictions: [Double], minimumPrediction: Double = 0, isMonotonous: Bool = true) {
        guard let (minimumSize, maximumSize) = sizes.ends, let (blurred, whole) = predictions.ends,
            sizes.count == predictions.count, maximumSize > minimumSize, whole > blurred, whole >= minimumPrediction
        else { return nil }
        var points: [(x: Double, y: Double)] = []
        var reached = 0.0
        for (size, prediction) in zip(sizes, predictions).dropFirst().dropLast() {
            let x = min(max(Double(size - minimumSize) / Double(maximumSize - minimumSize), 0), 1)
            let y = min(max((prediction - blurred) / (whole - blurred), 0), 1)
            reached = max(reached, y)
            points.append((x, isMonotonous ? reached : y))
        }
        // Appended after the others, as PAIR does: of points with the same information, the last one counts.
        points += [(0, 0), (1, 1)]
        let order = points.indices.sorted { (points[$0].x, $0) < (points[$1].x, $1) }
        information = order.map { points[$0].x }
        performance = order.map { points[$0].y }
    }

    /// The performance at a part of the information, interpolated linearly between the nearest points.
    func performance(at part: Double) -> Double {
        guard part < 1 else { return 1 }
        let next = information.firstIndex { $0 > part } ?? information.count - 1
        let (x0, x1) = (information[max(next - 1, 0)], information[next])
        let (y0, y1) = (performance[max(next - 1, 0)], performance[next])
        return x1 > x0 ? (y1 - y0) / (x1 - x0) * (part - x0) + y0 : y1
    }

    /// 0…1; by the trapezoidal rule over 1000 equal parts, as in PAIR's package.
    public var area: Double { Self.area(of: readings) }

    /// The area under the median of several curves (`aggregate_individual_pic_results`); nil if there are none.
    public static func medianArea(_ curves: [Self]) -> Double? {
        aggregated(curves) { values in
            let sorted = values.sorted()
            return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
    }

    /// The area under the mean of several curves; nil if there are none.
    public static func meanArea(_ curves: [Self]) -> Double? {
        aggregated(curves) { $0.reduce(0, +) / Double($0.count) }
    }

    private static func aggregated(_ curves: [Self], _ one: ([Double]) -> Double) -> Double? {
        guard !curves.isEmpty else { return nil }
        let readings = curves.map(\.readings)
        return area(of: (0...Self.readings).map { place in one(readings.map { $0[place] }) })
    }

    private var readings: [Double] {
        (0...Self.readings).map { performance(at: Double($0) / Double(Self.readings)) }
    }

    private static func area(of readings: [Double]) -> Double {
        zip(readings, readings.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 } / Double(readings.count - 1)
    }
}

extension Array {
    fileprivate var ends: (Element, Element)? {
        guard let first, let last else { return nil }
        return (first, last)
    }
}
