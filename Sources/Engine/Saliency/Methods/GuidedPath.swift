/// Where Guided IG stands on its way from the baseline to the clip, and what it has attributed so far.
///
/// A sample's place is the part of its own way that it has gone, 0…1. Sums run over frames first, in double precision, so
/// that they are the same with any number of threads.
struct GuidedPath {
    private let baseline: [Float]
    /// Clip less baseline.
    private let way: [Float]
    private let frames: Int
    private let pool: ThreadPool
    /// Σ |way|
    private let length: Double
    private var places: [Float]
    private(set) var attribution: [Float]

    init(clip: [Float], baseline: [Float], frames: Int, pool: ThreadPool) {
        self.baseline = baseline
        self.frames = frames
        self.pool = pool
        way = zip(clip, baseline).map { $0 - $1 }
        length = way.reduce(0.0) { $0 + Double($1.magnitude) }
        places = [Float](repeating: 0, count: clip.count)
        attribution = places
    }

    func sample(_ index: Int) -> Float { baseline[index] + way[index] * places[index] }

    /// Goes on until as much of the way is left as on the straight line at `line`.
    ///
    /// - Parameters:
    ///   - distance: how far places may be from `line`.
    ///   - fraction: of the samples, taken at a time, those of the smallest gradients first.
    ///   - gradient: at the samples as they are now.
    mutating func advance(to line: Double, within distance: Double, fraction: Double, gradient: [Float]) {
        let (least, most) = (Float(max(line - distance, 0)), Float(min(line + distance, 1)))
        let target = length * (1 - line)
        while true {
            let left = move(gradient) { _, place in max(place, least) }
            guard left - target > 1e-9 * max(1, left) else { return }
            let (way, places) = (way, places)
            let ranks = gradient.indices.map { index in
                way[index] == 0 || places[index] == most ? .infinity : gradient[index].magnitude
            }
            var order = ranks
            let threshold = Selection.element(Int(fraction * Double(ranks.count - 1)), of: &order)
            let isMoving = { (index: Int) in ranks[index] <= threshold && ranks[index] < .infinity }
            let reach = sum { isMoving($0) ? Double(way[$0].magnitude) * Double(most - places[$0]) : 0 }
            // All that may move has arrived: what is left is rounding.
            guard reach > 0 else { return }
            let part = (left - target) / reach
            _ = move(gradient) { index, place in
                guard isMoving(index) else { return place }
                return part > 1 ? most : place + Float(part) * (most - place)
            }
            guard part > 1 else { return }
        }
    }

    /// Gives every sample a new place, attributes what that changes, and says how much of the way is left.
    private mutating func move(_ gradient: [Float], _ next: (Int, Float) -> Float) -> Double {
        let (way, count) = (way, way.count / frames)
        places.withUnsafeMutableBufferPointer { places in
            attribution.withUnsafeMutableBufferPointer { attribution in
                pool.run(frames) { frame, _ in
                    for index in frame * count..<(frame + 1) * count {
                        let place = next(index, places[index])
                        attribution[index] += way[index] * (place - places[index]) * gradient[index]
                        places[index] = place
                    }
                }
            }
        }
        let places = places
        return sum { Double(way[$0].magnitude) * (1 - Double(places[$0])) }
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
