/// How long a camera waits before it connects again: twice as long each time, from a second to a minute, and by chance
/// between half of that and the whole, so that many cameras behind one switch do not come back all at once.
struct ReconnectBackoff: Sendable {
    static let shortest = 1.0
    static let longest = 60.0

    private var next = shortest
    private var generator: any RandomNumberGenerator & Sendable

    init(generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = generator
    }

    /// Seconds.
    mutating func delay() -> Double {
        defer { next = min(next * 2, Self.longest) }
        return Double.random(in: next / 2...next, using: &generator)
    }

    mutating func reset() {
        next = Self.shortest
    }
}
