/// Computes the pauses before a camera connects again: each is twice as long as the last, from a second to a limit, and
/// is then replaced by a random length between half of that and the whole, so that many cameras behind one switch do
/// not all return at once.
package struct ReconnectBackoff: Sendable {
    static let shortest = 1.0
    /// The default limit.
    package static let longest = 60.0

    private let limit: Double
    private var next = shortest
    private var generator: any RandomNumberGenerator & Sendable

    /// - Parameter limit: the limit in seconds, at least `shortest`.
    package init(
        limit: Double = longest, generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.limit = max(limit, Self.shortest)
        self.generator = generator
    }

    /// The next pause in seconds.
    package mutating func delay() -> Double {
        defer { next = min(next * 2, limit) }
        return Double.random(in: next / 2...next, using: &generator)
    }

    /// The limit itself, without the shorter pauses: many cameras lock an account after five to seven wrong passwords.
    package mutating func longestDelay() -> Double {
        next = limit
        return limit
    }

    package mutating func reset() {
        next = Self.shortest
    }
}
