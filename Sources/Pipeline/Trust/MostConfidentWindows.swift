import Decode

/// The windows with the largest probabilities of their explained class, so many and no more.
struct MostConfidentWindows {
    let limit: Int
    private var found: [(window: Window, probability: Double)] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Of equals, the earlier one stays.
    mutating func add(_ window: Window, probability: Double) {
        guard limit > 0 else { return }
        let place = found.firstIndex { $0.probability < probability } ?? found.count
        found.insert((window, probability), at: place)
        if found.count > limit { found.removeLast() }
    }

    /// The largest probability first.
    var windows: [Window] { found.map(\.window) }
}
