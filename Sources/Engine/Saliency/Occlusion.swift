/// Occlusion in space-time: how far the class's logit falls when a box of the clip is covered (Zeiler and Fergus,
/// arXiv 1311.2901, with boxes that have a length in time).
///
/// A pixel's value is the mean fall over the boxes that cover it. Forward passes only, one a box; a session that keeps the
/// overlap computes of the stem and the second stage no more than the box reaches in time.
public struct Occlusion: SaliencyMethod {
    /// Frames and pixels.
    public struct Box: Sendable, Hashable {
        public var frames: Int
        public var height: Int
        public var width: Int

        public init(frames: Int, height: Int, width: Int) {
            self.frames = frames
            self.height = height
            self.width = width
        }
    }

    public let name = "occlusion"
    /// Larger than the clip, it covers all of it.
    public let box: Box
    /// From one box to the next. The last one along an axis is the first that reaches its end, and is cut there.
    public let stride: Box
    public let fill: ClipBaseline

    /// Lengths below 1 count as 1.
    public init(
        box: Box = Box(frames: 16, height: 56, width: 56), stride: Box = Box(frames: 16, height: 28, width: 28),
        fill: ClipBaseline = .mean
    ) {
        self.box = box
        self.stride = stride
        self.fill = fill
    }

    /// Forward passes that a clip of `shape` takes: one a box, and one over the clip as it is.
    public func forwardCount(for shape: ClipShape) -> Int {
        OccluderBoxes(shape: shape, box: box, stride: stride).count + 1
    }

    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try explain(session, targets: [target], control: control)[0]
    }

    /// All targets from the same passes.
    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        let before = session.passes
        let (logits, resolved) = try session.answer(targets, control: control)
        let falls = try falls(
            session, of: resolved.map { target in { target.value(of: $0) } }, from: logits, control: control)
        return zip(resolved, falls).map { target, falls in
            Explanation(
                logits: logits, target: target, map: session.map(of: falls.map { max($0, 0) }), signed: falls,
                method: name, cost: session.passes - before)
        }
    }

    /// How far each score falls from that of the clip's `logits`, `[T, H, W]`: above 0 where what is covered speaks for it.
    func falls(
        _ session: EngineSession, of scores: [([Float]) -> Double], from logits: [Float], control: RunControl
    ) throws(ModelError) -> [[Float]] {
        let boxes = OccluderBoxes(shape: session.shape, box: box, stride: stride)
        let clip = session.clip()
        let cover = fill.values(of: clip, in: session)
        let wholes = scores.map { $0(logits) }
        control.progress(1 / Double(boxes.count + 1))
        var sums = scores.map { _ in [Double](repeating: 0, count: clip.count / session.shape.channels) }
        for number in 0..<boxes.count {
            let box = boxes[number]
            session.copy(cover, to: box)
            let outcome = Result { () throws(ModelError) in try session.forward(control: control) }
            session.copy(clip, to: box)
            let reached = try outcome.get()
            for (index, score) in scores.enumerated() {
                let fall = wholes[index] - score(reached)
                box.forEachRow(in: session.shape) { row in
                    for position in row { sums[index][position] += fall }
                }
            }
            control.progress(Double(number + 2) / Double(boxes.count + 1))
        }
        return sums.map { boxes.means(of: $0) }
    }
}

extension EngineSession {
    /// Sets what lies in `box` to what lies there in `values`, `[T, H, W, C]`.
    fileprivate func copy(_ values: [Float], to box: SpaceTimeBox) {
        changeClip(box.frames) { frame, samples in
            let first = frame * samples.count
            for y in box.rows {
                let row = (y * shape.width + box.columns.lowerBound) * shape.channels
                for sample in row..<row + box.columns.count * shape.channels {
                    samples[sample] = values[first + sample]
                }
            }
        }
    }
}
