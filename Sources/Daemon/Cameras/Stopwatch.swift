/// Seconds since it was made, by any clock.
struct Stopwatch: Sendable {
    private let elapsed: @Sendable () -> Duration

    init(_ clock: some Clock<Duration>) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    var seconds: Double { elapsed() / .seconds(1) }
}
