/// How long a camera waits before it connects again: twice as long each time, from a second to a limit, and by chance
/// between half of that and the whole, so that many cameras behind one switch do not come back all at once.
package struct ReconnectBackoff: Sendable {
    static let shortest = 1.0
    /// The limit unless another is set.
    package static let longest = 60.0

    private let limit: Double
    private var next = shortest
    private var generator: any RandomNumberGenerator & Sendable

    /// - Parameter limit: seconds, at least `shortest`.
    package init(
        limit: Double = longest, generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.limit = max(limit, Self.shortest)
        self.generator = generator
    }

    /// Seconds.
    package mutating func delay() -> Double {
        defer { next = min(next * 2, limit) }
        return Double.random(in: next / 2...next, using: &generator)
    }

    /// The limit at once: many a camera locks an account after five to seven wrong passwords.
    package mutating func longestDelay() -> Double {
        next = limit
        return limit
    }

    package mutating func reset() {
        next = Self.shortest
    }
}
