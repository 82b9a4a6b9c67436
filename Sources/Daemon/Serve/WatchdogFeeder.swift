/// Whether the daemon gets on: each of its parts has nothing to do, or has moved since this was last so of all of them.
struct WatchdogFeeder {
    private var lastSteps: UInt64?
    private var lastCameras: [ObjectIdentifier: UInt64] = [:]

    /// - Parameters:
    ///   - steps: a count that grows with every step of every job.
    ///   - cameras: for each camera a count that grows while it gets on; one that is new gets on.
    mutating func isAlive(runningJobs: Int, steps: UInt64, cameras: [ObjectIdentifier: UInt64] = [:]) -> Bool {
        guard runningJobs == 0 || steps != lastSteps, cameras.allSatisfy({ lastCameras[$0.key] != $0.value }) else {
            return false
        }
        lastSteps = steps
        lastCameras = cameras
        return true
    }
}
