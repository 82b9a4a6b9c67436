/// How long to wait before the next attempt: twice as long each time, up to a minute, with jitter, so that what failed together
/// does not come back together.
struct PublishBackoff: Sendable {
    /// In seconds.
    var first = 1.0
    var longest = 60.0

    private var attempts = 0

    init(first: Double = 1) {
        self.first = first
    }

    /// Seconds: from half of the delay to all of it.
    mutating func next() -> Double {
        var delay = first
        for _ in 0..<attempts where delay < longest { delay *= 2 }
        attempts += 1
        return min(delay, longest) * Double.random(in: 0.5...1)
    }

    /// The longest at once: after a few wrong passwords many a server locks the account.
    mutating func nextAfterDenial() -> Double {
        while attempts < 64, first * Double(1 << min(attempts, 40)) < longest { attempts += 1 }
        return longest
    }

    mutating func reset() {
        attempts = 0
    }
}
