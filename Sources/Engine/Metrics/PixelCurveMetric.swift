/// Deletion and insertion: the pixels are changed in the order of their saliency, and the target's probability is
/// recorded (Petsiuk et al., RISE, arXiv 1806.07421, section 3.3).
///
/// If a map marks the pixels that the network uses, the probability falls fast under deletion (a small area) and rises
/// fast under insertion (a large area). Equally salient pixels are changed in the order of their position. Costs
/// `steps` − 1 forward passes, and two for the ends, which all maps of a clip share.
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

    /// What the curves of all maps of one clip share.
    public struct Ends: Sendable {
        /// The clip without any pixels, `[T, H, W, C]`.
        fileprivate let empty: [Float]
        /// The target's probability for the clip and for the clip without any pixels, 0…1.
        public let whole: Double
        public let none: Double
    }

    /// The ends of the curves for the session's clip, which is unchanged afterwards.
    ///
    /// - Parameters:
    ///   - session: holds the clip.
    ///   - target: the class whose probability is measured.
    ///   - whole: the target's probability for the clip, if it is known.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `invalidRequest` if the class does not exist; `cancelled`.
    public func ends(
        _ session: EngineSession, target: Int, whole: Double? = nil, control: RunControl = RunControl()
    ) throws(ModelError) -> Ends {
        try SaliencyTarget.index(target).resolve(manifest: session.model.manifest)
        let clip = session.clip()
        let empty = baseline.values(of: clip, in: session)
        func probability() throws(ModelError) -> Double {
            let logits = try session.forward(control: RunControl(isCancelled: control.isCancelled))
            return Explanation.probabilities(logits: logits)[target]
        }
        var known = whole
        if known == nil {
            known = try probability()
            control.progress(0.5)
        }
        session.setClip(empty)
        defer { session.setClip(clip) }
        let none = try probability()
        control.progress(1)
        return Ends(empty: empty, whole: known ?? none, none: none)
    }

    /// The curve for the session's clip, which is unchanged afterwards.
    ///
    /// - Throws: `invalidRequest` if the map does not have the clip's size or the class does not exist; `cancelled`.
    public func curve(
        _ session: EngineSession, map: SaliencyMap, target: Int, control: RunControl = RunControl()
    ) throws(ModelError) -> PixelCurve {
        try session.check(map)
        let ends = try ends(session, target: target, control: control.part(0, of: 2))
        return try curve(session, map: map, target: target, ends: ends, control: control.part(1, of: 2))
    }

    /// The curve for the session's clip, which is unchanged afterwards, with ends that have been measured before.
    ///
    /// - Parameters:
    ///   - session: holds the clip.
    ///   - map: determines the order of the pixels, `[T, H, W]`.
    ///   - target: the class whose probability is measured.
    ///   - ends: of the same clip, target and baseline.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `invalidRequest` if the map does not have the clip's size or the class does not exist; `cancelled`.
    public func curve(
        _ session: EngineSession, map: SaliencyMap, target: Int, ends: Ends, control: RunControl = RunControl()
    ) throws(ModelError) -> PixelCurve {
        try session.check(map)
        try SaliencyTarget.index(target).resolve(manifest: session.model.manifest)
        guard ends.empty.count == session.shape.count else {
            throw ModelError(.invalidRequest, "the ends are those of a clip of another size")
        }
        let clip = session.clip()
        let isDeletion = direction == .deletion
        let end = isDeletion ? ends.empty : clip
        var current = isDeletion ? clip : ends.empty
        let order = order(of: map)
        let channels = session.shape.channels
        defer { session.setClip(clip) }

        var probabilities = [isDeletion ? ends.whole : ends.none]
        for step in 1..<steps {
            for pixels in order {
                for pixel in pixels[part(step - 1, of: pixels.count)..<part(step, of: pixels.count)] {
                    for index in Int(pixel) * channels..<(Int(pixel) + 1) * channels { current[index] = end[index] }
                }
            }
            session.setClip(current)
            let logits = try session.forward(control: RunControl(isCancelled: control.isCancelled))
            probabilities.append(Explanation.probabilities(logits: logits)[target])
            control.progress(Double(step) / Double(steps))
        }
        probabilities.append(isDeletion ? ends.none : ends.whole)
        control.progress(1)
        return PixelCurve(
            fractions: (0...steps).map { Double($0) / Double(steps) }, probabilities: probabilities)
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
