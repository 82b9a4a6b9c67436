/// The first steps of the network, up to `MaxPool3d_3a`, whose results two overlapping windows of a stream share, or a
/// clip and the same with some frames changed.
///
/// What is shared is the same to the bit: outputs of tiles that lie at the same frames of the stream and that see no frame
/// outside either window. Tiles stay aligned if the stride is a multiple of 8 frames, 4 of the stem's.
struct OverlapPlan: Sendable {
    /// A unit that computes by Winograd convolution, and the pool after it.
    struct Stage: Sendable {
        let unit: any RangedOperation
        let slice: TensorSlice
        let pool: MaxPool
        /// Frames before and after a tile's outputs that it reads.
        let reach: (before: Int, after: Int)
    }

    let stem: Stage
    /// Nil if that unit computes another way.
    let second: Stage?

    /// Strides that keep the tiles aligned are multiples of it.
    static let alignment = 8

    private var count: Int { stem.slice.tensor.extent.frames }

    /// Which output frames of the stem, and of the second stage, a window has in common with the one `stride` frames before
    /// it; in the new window's numbers. Empty where it has none.
    func shared(stride: Int) -> (stem: Range<Int>, second: Range<Int>) {
        guard stride > 0, stride % Self.alignment == 0 else { return (0..<0, 0..<0) }
        let ofStem = tiles(of: stem, within: 0..<count, shift: stride / 2)
        guard let second else { return (ofStem, 0..<0) }
        return (ofStem, tiles(of: second, within: ofStem, shift: stride / 2))
    }

    /// The frames of whole tiles that read nothing but `frames`, neither here nor `shift` frames further on, where the
    /// window before had them.
    private func tiles(of stage: Stage, within frames: Range<Int>, shift: Int) -> Range<Int> {
        let size = stage.unit.framesPerTile
        let first = (frames.lowerBound + stage.reach.before + size - 1) / size
        let last = (min(frames.upperBound, count - shift) - stage.reach.after) / size
        return first < last ? first * size..<last * size : 0..<0
    }

    /// What a pass has to compute, as output frames of the stem and of the second stage.
    struct Work: Equatable {
        let stem: [Range<Int>]
        let second: [Range<Int>]
    }

    /// What there is to compute after `change`; the rest is there already, once it has been moved.
    func work(after change: ClipChange) -> Work {
        switch change {
        case .everything:
            return Work(stem: [0..<count], second: [0..<count])
        case .slid(let stride):
            let shared = shared(stride: stride)
            return Work(stem: rest(shared.stem), second: rest(shared.second))
        case .frames(let frames):
            // A block of the stem is two frames; of an odd number of frames, the first block holds one.
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

    /// Brings what the window before has computed to where this one has it.
    func move(_ workspace: Workspace, after change: ClipChange) {
        guard case .slid(let stride) = change else { return }
        let shared = shared(stride: stride)
        stem.move(workspace, shared.stem, by: stride / 2)
        second?.move(workspace, shared.second, by: stride / 2)
    }

    /// Steps whose own outputs a pass leaves as they are where it need not compute them; only the pools behind are whole.
    static let partialSteps = [0, 3]

    /// Step `index` of the forward pass, as far as it is in `work`.
    ///
    /// - Returns: false if the step shares nothing and is to be computed as ever.
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

    /// The ranges of all frames that are not `shared`.
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

/// How a session's clip differs from the one that its last forward pass was over.
enum ClipChange: Equatable {
    /// In everything, or there was no such pass.
    case everything
    /// It has slid by this many frames, and the last as many are new.
    case slid(by: Int)
    /// In these frames at most.
    case frames(Range<Int>)

    /// The same after frame `index` of `count` has been set.
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
