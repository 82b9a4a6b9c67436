/// What a reader that cannot keep up leaves out: at first what nobody misses, then all but key frames.
struct Haste {
    var isHurried = false {
        didSet { if !isHurried { since = nil } }
    }
    /// The stream's time when haste began, in seconds.
    private var since: Double?

    /// Seconds of stream after which leaving out what no picture needs has not helped.
    static let patience = 2.0

    /// - Parameter time: of the newest picture in seconds; nil if it is not known yet.
    mutating func skips(at time: Double?) -> SkippedPictures {
        guard isHurried else { return .none }
        guard let time else { return .unreferenced }
        let start = since ?? time
        since = start
        return time - start > Self.patience ? .betweenKeys : .unreferenced
    }
}
