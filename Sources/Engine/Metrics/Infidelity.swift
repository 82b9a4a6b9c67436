/// How well a map predicts the loss of the target's logit when a part of the clip is removed (Yeh et al., arXiv
/// 1901.09392, definition 2.1): E[(Iᵀ Φ − (f(x) − f(x − I)))²].
///
/// The part is a random box in space and time, replaced by a baseline; f is the target's logit, and Iᵀ Φ the map's sum
/// over the box. Since a map's unit is arbitrary, it is scaled by the factor that minimises the infidelity, β = Σ pd /
/// Σ p² (as Captum's `normalize`). Costs `boxes` + 1 forward passes, whatever the number of maps; in a session with
/// `keepsOverlap` these compute only what the boxes' frames affect.
public struct Infidelity: Sendable {
    /// The infidelity of one map.
    public struct Value: Sendable, Codable, Equatable {
        /// E[(β p − d)²], in squared logits.
        public var infidelity: Double
        /// The infidelity as a part of E[d²], 0…1: 0 if the map predicts every loss, 1 if it predicts nothing.
        public var unexplained: Double
        /// The standard error of `unexplained`, by the jackknife over the boxes; nil for fewer than two boxes.
        public var standardError: Double?

        public init(infidelity: Double, unexplained: Double, standardError: Double? = nil) {
            self.infidelity = infidelity
            self.unexplained = unexplained
            self.standardError = standardError
        }
    }

    public let boxes: Int
    public let baseline: ClipBaseline
    public let seed: UInt64

    /// - Parameters:
    ///   - boxes: the number of boxes, replaced one at a time; at least 1.
    ///   - baseline: what replaces them.
    ///   - seed: of the boxes' positions and sizes. More boxes of one seed begin with the same ones.
    public init(boxes: Int = 40, baseline: ClipBaseline = .mean, seed: UInt64 = 1) {
        self.boxes = max(boxes, 1)
        self.baseline = baseline
        self.seed = seed
    }

    /// Measures maps of the session's clip, which is unchanged afterwards.
    ///
    /// - Parameters:
    ///   - session: holds the clip.
    ///   - maps: any number, measured on the same boxes.
    ///   - target: the class that the maps explain.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `invalidRequest` if a map does not have the clip's size or the class does not exist; `cancelled`.
    public func values(
        _ session: EngineSession, maps: [SaliencyMap], target: Int, control: RunControl = RunControl()
    ) throws(ModelError) -> [Value] {
        for map in maps { try session.check(map) }
        let losses = try losses(session, target: target, of: 0..<boxes, control: control)
        return maps.map { BoxPredictions($0, shape: session.shape, self, losses: losses).value }
    }

    /// The loss of the target's logit without each of some boxes, which maps are then compared with.
    ///
    /// - Parameters:
    ///   - session: holds the clip, which is unchanged afterwards.
    ///   - target: the class whose logit is lost.
    ///   - numbers: of the boxes, in 0..<`boxes`.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `invalidRequest` if the class does not exist; `cancelled`.
    public func losses(
        _ session: EngineSession, target: Int, of numbers: Range<Int>, control: RunControl = RunControl()
    ) throws(ModelError) -> [Double] {
        try SaliencyTarget.index(target).resolve(manifest: session.model.manifest)
        let clip = session.clip()
        let empty = baseline.values(of: clip, in: session)
        let quiet = RunControl(isCancelled: control.isCancelled)
        let whole = Double(try session.forward(control: quiet)[target])
        let chosen = places(in: session.shape)[numbers.clamped(to: 0..<boxes)]
        var losses: [Double] = []
        for box in chosen {
            session.copy(empty, to: box)
            let outcome = Result { () throws(ModelError) in try session.forward(control: quiet) }
            session.copy(clip, to: box)
            losses.append(whole - Double(try outcome.get()[target]))
            control.progress(Double(losses.count) / Double(chosen.count))
        }
        return losses
    }

    /// The boxes, drawn by seed.
    func places(in shape: ClipShape) -> [SpaceTimeBox] {
        var random = SplitMix(seed: seed, stream: 2)
        return (0..<boxes).map { _ in SpaceTimeBox.random(in: shape, using: &random) }
    }

    /// The value for a map's sum over each box (p) and the loss of the logit without it (d).
    static func value(products: [Double], losses: [Double]) -> Value {
        let pairs = zip(products, losses)
        let productSquares = products.reduce(0) { $0 + $1 * $1 }
        let lossSquares = losses.reduce(0) { $0 + $1 * $1 }
        let scale = productSquares > 0 ? pairs.reduce(0) { $0 + $1.0 * $1.1 } / productSquares : 0
        let error = pairs.reduce(0) { $0 + (scale * $1.0 - $1.1) * (scale * $1.0 - $1.1) }
        return Value(
            infidelity: losses.isEmpty ? 0 : error / Double(losses.count),
            unexplained: lossSquares > 0 ? min(error / lossSquares, 1) : 0)
    }
}

extension SpaceTimeBox {
    /// A random box in the clip: each edge has an eighth to a half of the clip's length, all sizes and positions
    /// equally likely.
    static func random(in shape: ClipShape, using random: inout SplitMix) -> SpaceTimeBox {
        func side(_ length: Int) -> Range<Int> {
            let (minimum, maximum) = ((length + 7) / 8, (length + 1) / 2)
            let edge = minimum + random.index(below: maximum - minimum + 1)
            let first = random.index(below: length - edge + 1)
            return first..<first + edge
        }
        return SpaceTimeBox(frames: side(shape.frames), rows: side(shape.height), columns: side(shape.width))
    }
}
