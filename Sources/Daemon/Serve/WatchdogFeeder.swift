/// Whether the daemon gets on: it has nothing to do, or what it does has moved since the last look.
struct WatchdogFeeder {
    private var lastSteps: UInt64?

    /// - Parameter steps: a count that grows with every step of every job.
    mutating func isAlive(runningJobs: Int, steps: UInt64) -> Bool {
        defer { lastSteps = steps }
        return runningJobs == 0 || steps != lastSteps
    }
}
