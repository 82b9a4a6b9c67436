/// Deletion and insertion: the pixels are changed in the order of their saliency, and the target's probability is
/// recorded (Petsiuk et al., RISE, arXiv 1806.07421, section 3.3).
///
/// If a map marks the pixels that the network uses, the probability falls fast under deletion (a small area) and rises
/// fast under insertion (a large area). Equally salient pixels are changed in the order of their position. Costs
/// `steps` + 1 forward passes.
public struct PixelCurveMetric: Sendable {
    /// Whether pixels are removed or restored.
    public enum Direction: String, Sendable, CaseIterable, Codable {
        /// From the clip to the baseline, the most salient pixel first.
        case deletion
        /// From the baseline to the clip, the most salient pixel first.
        case insertion
    }

    /// The pixels among which each pixel is ranked.
    public enum Scope: String, Sendable, CaseIterable, Codable {
        /// Pixels are ranked in the whole clip: one frame may be changed before the others.
        case clip
        /// Pixels are ranked in their frame: the same number is changed in every frame.
        case frame
    }

    public let direction: Direction
    public let scope: Scope
    public let steps: Int
    public let baseline: ClipBaseline

    /// - Parameters:
    ///   - direction: whether pixels are removed or restored.
    ///   - scope: the pixels among which each pixel is ranked.
    ///   - steps: at least 1; more than the pixels of a frame are of no use.
    ///   - baseline: the values of removed pixels.
    public init(_ direction: Direction, scope: Scope = .clip, steps: Int = 20, baseline: ClipBaseline) {
        self.direction = direction
        self.scope = scope
        self.steps = max(steps, 1)
        self.baseline = baseline
    }

    /// The curve for the session's clip, which is unchanged afterwards.
    ///
    /// - Throws: `invalidRequest` if the map does not have the clip's size or the class does not exist; `cancelled`.
    public func curve(
        _ session: EngineSession, map: SaliencyMap, target: Int, control: RunControl = RunControl()
    ) throws(ModelError) -> PixelCurve {
        try session.check(map)
        try SaliencyTarget.index(target).resolve(manifest: session.model.manifest)
        let clip = session.clip()
        let empty = baseline.values(of: clip, in: session)
        let end = direction == .deletion ? empty : clip
        var current = direction == .deletion ? clip : empty
        let order = order(of: map)
        let channels = session.shape.channels
        defer { session.setClip(clip) }

        var curve = PixelCurve(fractions: [], probabilities: [])
        for step in 0...steps {
            for pixels in order where step > 0 {
                for pixel in pixels[part(step - 1, of: pixels.count)..<part(step, of: pixels.count)] {
                    for index in Int(pixel) * channels..<(Int(pixel) + 1) * channels { current[index] = end[index] }
                }
            }
            session.setClip(current)
            let logits = try session.forward(control: RunControl(isCancelled: control.isCancelled))
            curve.fractions.append(Double(step) / Double(steps))
            curve.probabilities.append(Explanation.probabilities(logits: logits)[target])
            control.progress(Double(step + 1) / Double(steps + 1))
        }
        return curve
    }

    private func part(_ step: Int, of count: Int) -> Int { count * step / steps }

    /// The pixels of the clip, or of each frame, the most salient first.
    private func order(of map: SaliencyMap) -> [[UInt32]] {
        guard scope == .frame else { return [ValueOrder.descending(map.values)] }
        let plane = map.height * map.width
        return (0..<map.frames).map { frame in
            ValueOrder.descending(map.values[frame * plane..<(frame + 1) * plane]).map { $0 + UInt32(frame * plane) }
        }
    }
}

extension EngineSession {
    /// - Throws: `invalidRequest` if `map` does not have the clip's size.
    func check(_ map: SaliencyMap) throws(ModelError) {
        guard map.frames == shape.frames, map.height == shape.height, map.width == shape.width,
            map.values.count == shape.count / shape.channels
        else {
            throw ModelError(.invalidRequest, "the map does not have the clip's size")
        }
    }
}

/// The target's probability while pixels are removed from a clip, or restored in the baseline.
public struct PixelCurve: Sendable, Codable, Equatable {
    /// The part of the pixels that has been changed, 0…1, ascending.
    public var fractions: [Double]
    /// The target's probability there, 0…1.
    public var probabilities: [Double]

    public init(fractions: [Double], probabilities: [Double]) {
        self.fractions = fractions
        self.probabilities = probabilities
    }

    /// By the trapezoidal rule over 0…1, so that it is a mean probability.
    public var area: Double {
        zip(zip(fractions, probabilities), zip(fractions, probabilities).dropFirst()).reduce(0) { sum, ends in
            let ((x0, y0), (x1, y1)) = ends
            return sum + (x1 - x0) * (y0 + y1) / 2
        }
    }
}
