import Jobs
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite struct StatusTests {
    @Test func showsTheActivity() {
        #expect(StatusText.text(running: [], counts: [:]) == "waiting")
        #expect(
            StatusText.text(
                running: [("clip.mp4", 0.625)], counts: [.queued: 2, .failed: 1, .done: 9, .running: 1])
                == "annotating clip.mp4 62 %, 2 queued, 1 failed")
        #expect(
            StatusText.text(running: [("a.gif", nil), ("b.mp4", 0.5)], counts: [.quarantined: 3])
                == "annotating a.gif and 1 more, 3 quarantined")
    }

    @Test func showsTheCameras() {
        let some = CameraSummary(count: 4, up: 3, lag: 0.84)
        #expect(StatusText.text(running: [], counts: [:], cameras: some) == "3/4 cameras up, lag 0.8 s")
        #expect(
            StatusText.text(running: [("clip.mp4", 0.62)], counts: [.queued: 2], cameras: some)
                == "annotating clip.mp4 62 %, 3/4 cameras up, lag 0.8 s, 2 queued")
        #expect(
            StatusText.text(running: [], counts: [.failed: 1], cameras: CameraSummary(count: 1, up: 0))
                == "0/1 camera up, 1 failed")
    }

    @Test func theLagIsTheLargestOfAllCameras() {
        let entries = ["a", "b", "c"].map { CameraHandle(.sample($0), clock: HandClock()) }
        for (entry, lag) in zip(entries, [0.5, 1.25, 9]) {
            entry.report.update { statistics in
                statistics.framesIn = 1
                statistics.lag = lag
            }
        }
        for entry in entries.dropLast() {
            _ = entry.connections.begin(frames: 0)
            _ = entry.connections.add(entry.report.snapshot)
        }
        #expect(CameraSummary(entries) == CameraSummary(count: 3, up: 2, lag: 1.25))
    }

    /// Hanging jobs are not hidden by cameras that make progress, nor one camera by the others.
    @Test func theWatchdogIsFedOnlyIfEverythingMakesProgress() {
        let (gate, yard) = (ScriptedConnections(), ScriptedConnections())
        let ids = (ObjectIdentifier(gate), ObjectIdentifier(yard))
        var feeder = WatchdogFeeder()
        let looks: [(jobs: Int, steps: UInt64, gate: UInt64, yard: UInt64, isAlive: Bool)] = [
            (0, 0, 1, 1, true), (0, 0, 1, 1, false), (0, 0, 2, 1, false), (0, 0, 2, 2, true), (1, 0, 3, 3, false),
            (1, 1, 3, 3, true), (1, 1, 4, 4, false), (1, 2, 4, 3, false), (1, 2, 4, 4, true),
        ]
        for (index, look) in looks.enumerated() {
            let isAlive = feeder.isAlive(
                runningJobs: look.jobs, steps: look.steps, cameras: [ids.0: look.gate, ids.1: look.yard])
            #expect(isAlive == look.isAlive, "look \(index)")
        }
        let isAlive = feeder.isAlive(runningJobs: 0, steps: 2)
        #expect(isAlive)
    }

    @Test func theWatchdogIsFedByProgress() {
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
