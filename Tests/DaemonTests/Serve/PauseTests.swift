import CoreMetrics
import Foundation
import Jobs
import Telemetry
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// Pauses in a running daemon.
@Suite("Pauses", .hangLimit) struct PauseTests {
    @Test func pausedJobsWaitUntilThePauseEnds() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("in2")
        let settings = daemon.settings([
            daemon.dropFolder(),
            daemon.dropFolder {
                $0.name = "other"
                $0.folder = daemon.root.file("in2")
            },
        ])
        _ = try await daemon.store { ledger throws(LedgerError) in try ledger.pause(dropFolder: "in") }
        try daemon.drop("a.mp4")
        try daemon.drop("b.mp4", seed: 3, into: "in2")
        try await daemon.running(settings) { _ in
            try await daemon.jobs { jobs in
                jobs.count == 2 && jobs.contains { $0.dropFolder == "other" && $0.state == .done }
            }
            let waiting = try await daemon.jobs { _ in true }.first { $0.dropFolder == "in" }
            #expect(waiting?.state == .queued && waiting?.attempts == 0)
            _ = try await daemon.store { ledger throws(LedgerError) in try ledger.resume() }
            try await daemon.jobs(2, .done)
        }
    }

    @Test func theStatusNamesWhatIsPaused() {
        let pauses = JobPauses(dropFolders: ["b": .now, "a": .now])
        #expect(
            StatusText.text(running: [], counts: [.queued: 2], holds: JobHolds(pauses: JobPauses(all: .now)))
                == "paused, 2 queued")
        #expect(
            StatusText.text(running: [("c.mp4", 0.5)], counts: [:], holds: JobHolds(pauses: pauses))
                == "annotating c.mp4 50 %, a and b paused")
    }

    @Test func theStatusNamesQuietHoursAndFullDisks() {
        var holds = JobHolds()
        holds.others = [JobHold(reason: .quietHours, message: "")]
        holds.othersOfDropFolders = ["a": [JobHold(reason: .freeSpace, message: "")]]
        #expect(
            StatusText.text(running: [], counts: [.queued: 1], holds: holds)
                == "quiet hours, too little free space, 1 queued")
    }

    @Test func metricsNameTheDropFolderAndTheReason() {
        let factory = DaemonMetrics.factory()
        var metrics = HoldMetrics(factory: factory)
        metrics.update(["a", "b"], JobHolds(pauses: JobPauses(dropFolders: ["a": .now])))
        let text = factory.text()
        #expect(text.contains(#"saliencyd_folder_held{folder="a",reason="paused"} 1"#), "\(text)")
        #expect(text.contains(#"saliencyd_folder_held{folder="b",reason="paused"} 0"#), "\(text)")
        #expect(text.contains(#"saliencyd_folder_held{folder="a",reason="free-space"} 0"#), "\(text)")
        metrics.update(["b"], JobHolds())
        #expect(!factory.text().contains(#"folder="a""#))
    }

    @Test func pausesAreFormattedAsText() {
        let zone = TimeZone(secondsFromGMT: 3600) ?? .gmt
        #expect(PausePrinter.text(PauseResponse(JobPauses()), zone: zone) == "nothing is paused")
        let since = Date(timeIntervalSince1970: 0)
        #expect(
            PausePrinter.text(PauseResponse(JobPauses(all: since, dropFolders: ["in": since])), zone: zone) == """
                all jobs have been paused since 1970-01-01 01:00:00 +0100
                the drop folder in has been paused since 1970-01-01 01:00:00 +0100
                """)
    }
}
