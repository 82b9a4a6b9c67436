import Jobs
import Testing

@testable import Daemon

@Suite struct StatusTests {
    @Test func saysWhatIsDone() {
        #expect(StatusLine.text(running: [], counts: [:]) == "waiting")
        #expect(
            StatusLine.text(
                running: [("clip.mp4", 0.625)], counts: [.queued: 2, .failed: 1, .done: 9, .running: 1])
                == "annotating clip.mp4 62 %, 2 queued, 1 failed")
        #expect(
            StatusLine.text(running: [("a.gif", nil), ("b.mp4", 0.5)], counts: [.quarantined: 3])
                == "annotating a.gif and 1 more, 3 quarantined")
    }

    @Test func theWatchdogIsFedByWhatMoves() {
        var feeder = WatchdogFeeder()
        let looks: [(jobs: Int, steps: UInt64, isAlive: Bool)] = [
            (0, 5, true), (0, 5, true), (1, 6, true), (1, 7, true), (1, 7, false), (1, 7, false), (2, 8, true),
            (0, 8, true),
        ]
        for (index, look) in looks.enumerated() {
            #expect(feeder.isAlive(runningJobs: look.jobs, steps: look.steps) == look.isAlive, "look \(index)")
        }
    }
}
