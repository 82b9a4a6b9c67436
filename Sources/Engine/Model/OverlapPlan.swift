/// The first steps of the network, up to `MaxPool3d_3a`, whose results are shared by two overlapping windows of a
/// stream, or by a clip before and after a change of some frames.
///
/// Shared results have the same bits: they are outputs of tiles at the same frames of the stream whose inputs lie
/// inside both windows. Tiles stay aligned if the stride is a multiple of 8 frames, that is, of 4 output frames of the
/// stem.
struct OverlapPlan: Sendable {
    /// A unit that uses Winograd convolution, and the pool after it.
    struct Stage: Sendable {
        let unit: any RangedOperation
        let slice: TensorSlice
        let pool: MaxPool
        /// The number of frames before and after a tile's outputs that the tile reads.
        let reach: (before: Int, after: Int)
    }

    let stem: Stage
    /// Nil if that unit does not use Winograd convolution.
    let second: Stage?

    /// Tiles stay aligned if the stride is a multiple of this number of frames.
    static let alignment = 8

    private var count: Int { stem.slice.tensor.extent.frames }

    /// The output frames of the stem, and of the second stage, that a window shares with the window `stride` frames
    /// earlier; by their numbers in the new window. Empty if it shares none.
    func shared(stride: Int) -> (stem: Range<Int>, second: Range<Int>) {
        guard stride > 0, stride % Self.alignment == 0 else { return (0..<0, 0..<0) }
        let ofStem = tiles(of: stem, within: 0..<count, shift: stride / 2)
        guard let second else { return (ofStem, 0..<0) }
        return (ofStem, tiles(of: second, within: ofStem, shift: stride / 2))
    }

    /// The frames of whole tiles that read only `frames`, both at their place in this window and at their place in the
    /// previous window, `shift` frames later.
    private func tiles(of stage: Stage, within frames: Range<Int>, shift: Int) -> Range<Int> {
        let size = stage.unit.framesPerTile
        let first = (frames.lowerBound + stage.reach.before + size - 1) / size
        let last = (min(frames.upperBound, count - shift) - stage.reach.after) / size
        return first < last ? first * size..<last * size : 0..<0
    }

    /// The output frames of the stem and of the second stage that a pass must compute.
    struct Work: Equatable {
        let stem: [Range<Int>]
        let second: [Range<Int>]
    }

    /// What must be computed after `change`; the other results are there already, after `move`.
    func work(after change: ClipChange) -> Work {
        switch change {
        case .everything:
            return Work(stem: [0..<count], second: [0..<count])
        case .slid(let stride):
            let shared = shared(stride: stride)
            return Work(stem: rest(shared.stem), second: rest(shared.second))
        case .frames(let frames):
            // A block of the stem has two frames; if the number of frames is odd, the first block has one.
            let odd = stem.unit.input.extent.frames % 2
            let blocks = (frames.lowerBound + odd) / 2..<(frames.upperBound + odd + 1) / 2
            let ofStem = frames.isEmpty ? 0..<0 : tiles(of: stem, reading: blocks)
            let ofSecond = second.map { tiles(of: $0, reading: ofStem) } ?? 0..<0
            return Work(stem: [ofStem].filter { !$0.isEmpty }, second: [ofSecond].filter { !$0.isEmpty })
        }
    }

    /// The frames of whole tiles that read any of `frames`.
    private func tiles(of stage: Stage, reading frames: Range<Int>) -> Range<Int> {
        guard !frames.isEmpty else { return 0..<0 }
        let size = stage.unit.framesPerTile
        let first = max(frames.lowerBound - stage.reach.after, 0) / size * size
        let end = (frames.upperBound + stage.reach.before + size - 1) / size * size
        return first..<min(end, count)
    }

    /// Moves the shared results of the previous window to their place in this one.
    func move(_ workspace: Workspace, after change: ClipChange) {
        guard case .slid(let stride) = change else { return }
        let shared = shared(stride: stride)
        stem.move(workspace, shared.stem, by: stride / 2)
        second?.move(workspace, shared.second, by: stride / 2)
    }

    /// Steps whose outputs are incomplete after a partial pass; only the pools after them have complete outputs.
    static let partialSteps = [0, 3]

    /// Computes the part of step `index` of the forward pass that is in `work`.
    ///
    /// - Returns: false if the step shares nothing and must be computed as a whole.
    func forward(_ workspace: Workspace, step index: Int, _ work: Work) -> Bool {
        switch index {
        case 0: for frames in work.stem { stem.unit.forward(workspace, frames: frames) }
        case 1: for frames in work.stem { stem.pool.forward(workspace, frames: frames) }
        case 3 where second != nil:
            for frames in work.second { second?.unit.forward(workspace, frames: frames) }
        case 4 where second != nil:
            for frames in work.second { second?.pool.forward(workspace, frames: frames) }
        default: return false
        }
        return true
    }

    /// The ranges of the frames that are not in `shared`.
    private func rest(_ shared: Range<Int>) -> [Range<Int>] {
        shared.isEmpty ? [0..<count] : [0..<shared.lowerBound, shared.upperBound..<count].filter { !$0.isEmpty }
    }
}

extension OverlapPlan.Stage {
    fileprivate func move(_ workspace: Workspace, _ frames: Range<Int>, by shift: Int) {
        guard !frames.isEmpty else { return }
        func move(_ buffer: BufferID, bytesPerFrame: Int) {
            let base = workspace.bytes(buffer)
            (base + frames.lowerBound * bytesPerFrame).update(
                from: base + (frames.lowerBound + shift) * bytesPerFrame, count: frames.count * bytesPerFrame)
        }
        let output = pool.output
        let elements = output.extent.plane * output.channels
        move(output.activation, bytesPerFrame: elements * MemoryLayout<Float>.stride)
        move(pool.indices, bytesPerFrame: elements)
        move(slice.mask.buffer, bytesPerFrame: slice.tensor.extent.plane * slice.mask.stride)
    }
}

/// How a session's clip differs from the clip of its last forward pass.
enum ClipChange: Equatable {
    /// All frames may differ, or there was no forward pass.
    case everything
    /// The clip has moved forward by this many frames; as many frames at its end are new.
    case slid(by: Int)
    /// Only these frames may differ.
    case frames(Range<Int>)

    /// The change after frame `index` of `count` has been set too.
    func afterChange(at index: Int, of count: Int) -> ClipChange {
        switch self {
        case .everything:
            return .everything
        case .slid(let frames):
            return index < count - frames ? .everything : self
        case .frames(let frames):
            guard !frames.isEmpty else { return .frames(index..<index + 1) }
            return .frames(min(frames.lowerBound, index)..<max(frames.upperBound, index + 1))
        }
    }
}
