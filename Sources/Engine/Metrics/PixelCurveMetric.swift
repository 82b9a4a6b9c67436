/// Deletion and insertion: change the pixels in the order of their saliency, and watch the target's probability (Petsiuk et
/// al., RISE, arXiv 1806.07421, section 3.3).
///
/// A map that points at what the network uses makes the probability fall fast under deletion (a small area) and rise fast
/// under insertion (a large one). Of equally salient pixels, the one that comes first goes first. Costs `steps` + 1 forward
/// passes.
public struct PixelCurveMetric: Sendable {
    /// Whether pixels are taken away or brought back.
    public enum Direction: String, Sendable, CaseIterable, Codable {
        /// From the clip to the baseline, the most salient pixel first.
        case deletion
        /// From the baseline to the clip, the most salient pixel first.
        case insertion
    }

    /// Among which pixels each one is ranked.
    public enum Scope: String, Sendable, CaseIterable, Codable {
        /// Pixels are ranked in the whole clip: a frame may go before the others.
        case clip
        /// Pixels are ranked in their frame: every frame loses the same number.
        case frame
    }

    public let direction: Direction
    public let scope: Scope
    public let steps: Int
    public let baseline: ClipBaseline

    /// - Parameters:
    ///   - direction: whether pixels are taken away or brought back.
    ///   - scope: among which pixels each one is ranked.
    ///   - steps: at least 1; at most the pixels of a frame are of use.
    ///   - baseline: what a pixel is where it is not the clip's.
    public init(_ direction: Direction, scope: Scope = .clip, steps: Int = 20, baseline: ClipBaseline) {
        self.direction = direction
        self.scope = scope
        self.steps = max(steps, 1)
        self.baseline = baseline
    }

    /// The curve of the session's clip, which is left as it was.
    ///
    /// - Throws: `invalidRequest` if the map is not of the clip's size or there is no such class; `cancelled`.
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

    /// Pixels, the most salient first, of the clip or of each frame.
    private func order(of map: SaliencyMap) -> [[UInt32]] {
        guard scope == .frame else { return [ValueOrder.descending(map.values)] }
        let plane = map.height * map.width
        return (0..<map.frames).map { frame in
            ValueOrder.descending(map.values[frame * plane..<(frame + 1) * plane]).map { $0 + UInt32(frame * plane) }
        }
    }
}

extension EngineSession {
    /// - Throws: `invalidRequest` if `map` is not of the clip's size.
    func check(_ map: SaliencyMap) throws(ModelError) {
        guard map.frames == shape.frames, map.height == shape.height, map.width == shape.width,
            map.values.count == shape.count / shape.channels
        else {
            throw ModelError(.invalidRequest, "the map is not of the clip's size")
        }
    }
}

/// The target's probability while pixels are taken away from a clip, or put into an empty one.
public struct PixelCurve: Sendable, Codable, Equatable {
    /// The part of the pixels that is changed, 0…1, ascending.
    public var fractions: [Double]
    /// The target's probability there, 0…1.
    public var probabilities: [Double]

    public init(fractions: [Double], probabilities: [Double]) {
        self.fractions = fractions
        self.probabilities = probabilities
    }

    /// By trapezoids over 0…1, so that it is itself a mean probability.
    public var area: Double {
        zip(zip(fractions, probabilities), zip(fractions, probabilities).dropFirst()).reduce(0) { sum, ends in
            let ((x0, y0), (x1, y1)) = ends
            return sum + (x1 - x0) * (y0 + y1) / 2
        }
    }
}
