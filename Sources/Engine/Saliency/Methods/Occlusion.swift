/// Occlusion in space-time: the fall of the class's logit when a box of the clip is covered (Zeiler and Fergus,
/// arXiv 1311.2901, with boxes that extend over several frames).
///
/// A pixel's value is the mean fall over the boxes that cover it. Needs only forward passes, one per box; with
/// `keepsOverlap`, the session computes only those frames of the stem and the second stage that the box affects.
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

    public var name: String { MethodDescriptor.occlusion.name }
    /// The size of the covered box; lengths beyond the clip's cover all of it.
    public let box: Box
    /// The distance from one box to the next. The last box along an axis is the first that reaches its end, and is cut
    /// there.
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

    /// The number of forward passes for a clip of `shape`: one per box, and one over the unchanged clip.
    public func forwardCount(for shape: ClipShape) -> Int {
        OccluderBoxes(shape: shape, box: box, stride: stride).count + 1
    }

    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try explain(session, targets: [target], control: control)[0]
    }

    /// Explains all targets with the same passes.
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

    /// The mean fall of each score below that of the clip's `logits`, `[T, H, W]`: above 0 where the covered part is
    /// evidence for it.
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
    /// Copies the part of `values`, `[T, H, W, C]`, inside `box`. With `keepsOverlap`, the next forward pass computes
    /// only what the box's frames affect.
    func copy(_ values: [Float], to box: SpaceTimeBox) {
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

extension Occlusion.Box: CustomStringConvertible {
    /// The lengths that users may set.
    public static let lengths = 1...4096

    /// Parses frames, height and width, as in "16,56,56"; nil for other text and for lengths outside `lengths`.
    public init?(text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let frames = parts[0], let height = parts[1], let width = parts[2],
            [frames, height, width].allSatisfy(Self.lengths.contains)
        else { return nil }
        self.init(frames: frames, height: height, width: width)
    }

    /// "16,56,56"
    public var description: String { "\(frames),\(height),\(width)" }
}

extension Occlusion.Box: Codable {
    /// `[frames, height, width]`
    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init(
            frames: try list.decode(Int.self), height: try list.decode(Int.self), width: try list.decode(Int.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for length in [frames, height, width] { try list.encode(length) }
    }
}

/// The boxes of an occlusion, ordered by frames, rows and columns, so that consecutive boxes mostly cover the same
/// frames.
struct OccluderBoxes {
    /// The boxes' ranges along each axis.
    private let frames: [Range<Int>]
    private let rows: [Range<Int>]
    private let columns: [Range<Int>]

    init(shape: ClipShape, box: Occlusion.Box, stride: Occlusion.Box) {
        frames = Self.ranges(shape.frames, box.frames, stride.frames)
        rows = Self.ranges(shape.height, box.height, stride.height)
        columns = Self.ranges(shape.width, box.width, stride.width)
    }

    var count: Int { frames.count * rows.count * columns.count }

    /// One box, cut at the clip's ends.
    subscript(number: Int) -> SpaceTimeBox {
        SpaceTimeBox(
            frames: frames[number / columns.count / rows.count], rows: rows[number / columns.count % rows.count],
            columns: columns[number % columns.count])
    }

    /// Each sum over boxes `[T, H, W]` divided by the number of boxes that cover the position; 0 where no box does.
    func means(of sums: [Double]) -> [Float] {
        let covers = [frames, rows, columns].map(Self.covers)
        let (height, width) = (covers[1].count, covers[2].count)
        return sums.enumerated().map { index, sum in
            let cover = covers[0][index / width / height] * covers[1][index / width % height] * covers[2][index % width]
            return cover > 0 ? Float(sum / Double(cover)) : 0
        }
    }

    private static func ranges(_ size: Int, _ box: Int, _ stride: Int) -> [Range<Int>] {
        let (box, step) = (min(max(box, 1), size), min(max(stride, 1), size))
        let count = 1 + (size - box + step - 1) / step
        return (0..<count).map { $0 * step..<min($0 * step + box, size) }
    }

    /// The number of ranges that contain each element; the last range ends at the end of the axis.
    private static func covers(_ ranges: [Range<Int>]) -> [Int] {
        var covers = [Int](repeating: 0, count: ranges.map(\.upperBound).max() ?? 0)
        for element in ranges.joined() { covers[element] += 1 }
        return covers
    }
}

/// A box of a clip.
struct SpaceTimeBox: Equatable {
    let frames: Range<Int>
    let rows: Range<Int>
    let columns: Range<Int>

    /// Calls `body` with the indices in `[T, H, W]` of each row of the box.
    func forEachRow(in shape: ClipShape, _ body: (Range<Int>) -> Void) {
        for frame in frames {
            for row in rows {
                let first = (frame * shape.height + row) * shape.width
                body(first + columns.lowerBound..<first + columns.upperBound)
            }
        }
    }
}

extension MethodDescriptor {
    public static let occlusion = MethodDescriptor(
        name: "occlusion", title: "Occlusion", source: "arXiv 1311.2901", page: "occlusion",
        family: .map { Occlusion($0.parameters) }, settings: [.box, .boxStride, .fill], hasSigns: true,
        changesFewFrames: true,
        cost: { settings, shape in
            PassCount(forward: Occlusion(settings.parameters).forwardCount(for: shape), backward: 0)
        })
}

extension Occlusion {
    fileprivate init(_ parameters: MethodParameters) {
        let standard = Occlusion()
        self.init(
            box: parameters.box ?? standard.box, stride: parameters.boxStride ?? standard.stride,
            fill: parameters.fill ?? standard.fill)
    }
}
