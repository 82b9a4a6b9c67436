/// The current point on guided integrated gradients' path from the baseline to the clip, and the attribution so far.
///
/// A sample's position is the part of its way from the baseline to the clip that is done, 0…1. Sums are first computed
/// for each frame, in double precision, so that they are the same with any number of threads.
struct GuidedPath {
    private let baseline: [Float]
    /// The clip minus the baseline.
    private let way: [Float]
    private let frames: Int
    private let pool: ThreadPool
    /// Σ |way|
    private let length: Double
    private var positions: [Float]
    private(set) var attribution: [Float]

    init(clip: [Float], baseline: [Float], frames: Int, pool: ThreadPool) {
        self.baseline = baseline
        self.frames = frames
        self.pool = pool
        way = zip(clip, baseline).map { $0 - $1 }
        length = way.reduce(0.0) { $0 + Double($1.magnitude) }
        positions = [Float](repeating: 0, count: clip.count)
        attribution = positions
    }

    func sample(_ index: Int) -> Float { baseline[index] + way[index] * positions[index] }

    /// Moves samples until as much of the way is left as on the straight line at `line`.
    ///
    /// - Parameters:
    ///   - distance: the maximum distance of positions from `line`.
    ///   - fraction: the part of the samples that is moved at once, those with the smallest gradients first.
    ///   - gradient: at the current point.
    mutating func advance(to line: Double, within distance: Double, fraction: Double, gradient: [Float]) {
        let (minimum, maximum) = (Float(max(line - distance, 0)), Float(min(line + distance, 1)))
        let target = length * (1 - line)
        while true {
            let left = move(gradient) { _, position in max(position, minimum) }
            guard left - target > 1e-9 * max(1, left) else { return }
            let (way, positions) = (way, positions)
            let ranks = gradient.indices.map { index in
                way[index] == 0 || positions[index] == maximum ? .infinity : gradient[index].magnitude
            }
            var order = ranks
            let threshold = Selection.element(Int(fraction * Double(ranks.count - 1)), of: &order)
            let isMoving = { (index: Int) in ranks[index] <= threshold && ranks[index] < .infinity }
            let reach = sum { isMoving($0) ? Double(way[$0].magnitude) * Double(maximum - positions[$0]) : 0 }
            // All samples that may move have arrived; the rest is a rounding error.
            guard reach > 0 else { return }
            let part = (left - target) / reach
            _ = move(gradient) { index, position in
                guard isMoving(index) else { return position }
                return part > 1 ? maximum : position + Float(part) * (maximum - position)
            }
            guard part > 1 else { return }
        }
    }

    /// Moves every sample to its next position and adds the change to the attribution; returns how much of the way is
    /// left.
    private mutating func move(_ gradient: [Float], _ next: (Int, Float) -> Float) -> Double {
        let (way, count) = (way, way.count / frames)
        positions.withUnsafeMutableBufferPointer { positions in
            attribution.withUnsafeMutableBufferPointer { attribution in
                pool.run(frames) { frame, _ in
                    for index in frame * count..<(frame + 1) * count {
                        let position = next(index, positions[index])
                        attribution[index] += way[index] * (position - positions[index]) * gradient[index]
                        positions[index] = position
                    }
                }
            }
        }
        let positions = positions
        return sum { Double(way[$0].magnitude) * (1 - Double(positions[$0])) }
    }

    private func sum(_ term: (Int) -> Double) -> Double {
        let count = way.count / frames
        var sums = [Double](repeating: 0, count: frames)
        sums.withUnsafeMutableBufferPointer { sums in
            pool.run(frames) { frame, _ in
                var sum = 0.0
                for index in frame * count..<(frame + 1) * count { sum += term(index) }
                sums[frame] = sum
            }
        }
        return sums.reduce(0, +)
    }
}
