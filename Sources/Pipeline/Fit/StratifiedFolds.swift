import Engine

/// Divides clips into folds for cross-validation, each with about the same number of clips of every class.
struct StratifiedFolds: Equatable {
    let count: Int
    /// The fold of each clip, 0..<count.
    let folds: [Int]

    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - most: the number of folds, unless a class has fewer clips: then as many as that class has, at least 2.
    ///   - seed: decides which clips of a class are in which fold.
    init(labels: [Int], most: Int, seed: UInt64) {
        let members = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }
        count = max(2, min(most, members.map(\.value.count).min() ?? 2))
        var folds = [Int](repeating: 0, count: labels.count)
        var random = SplitMix(seed: seed, stream: 0)
        var next = 0
        for (_, clips) in members {
            var order = clips
            // Fisher and Yates.
            for last in stride(from: order.count - 1, to: 0, by: -1) {
                order.swapAt(last, random.index(below: last + 1))
            }
            // Continuing where the class before ended keeps the folds' sizes within one clip of each other.
            for clip in order {
                folds[clip] = next
                next = (next + 1) % count
            }
        }
        self.folds = folds
    }
}
