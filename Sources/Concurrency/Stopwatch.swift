/// Seconds since it was made, by any clock.
public struct Stopwatch: Sendable {
    private let elapsed: @Sendable () -> Duration

    public init(_ clock: some Clock<Duration>) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    public var seconds: Double { elapsed() / .seconds(1) }
}
