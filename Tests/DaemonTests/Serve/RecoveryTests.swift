import Foundation
import Jobs
import TestSupport
import Testing

@testable import Daemon

/// What a daemon finds that was killed: whatever moment it was killed at, each clip is annotated once.
@Suite("Recovery", .timeLimit(.minutes(5)))
struct RecoveryTests {
    /// A job as a killed daemon leaves it: claimed, and nobody runs it.
    private func interrupted(_ daemon: DaemonHarness, times: Int = 1) async throws -> Job {
        try daemon.drop("a.mp4")
        let (watch, model) = (daemon.watch(), daemon)
        let intake = Intake(desk: model.desk, modelHash: "hash")
        let file = try #require(DroppedFile(folder: watch.folder, name: "a.mp4"))
        guard case .admitted(.new) = try await intake.take(file, of: watch, isPatient: false) else {
            throw CancellationError()
        }
        return try await daemon.desk { ledger throws(LedgerError) in
            var job = try ledger.claim()
            for _ in 1..<times {
                guard let id = job?.id else { break }
                _ = try ledger.fail(id, JobFailure(code: "interrupted", message: "ended"), retryAt: .distantPast)
                job = try ledger.claim()
            }
            return try ledger.jobs()[0]
        }
    }

    @Test func anInterruptedJobBeginsAnewAndItsLeftoversGo() async throws {
        let daemon = try await DaemonHarness()
        let job = try await interrupted(daemon)
        #expect(job.state == .running)
        try daemon.makeFolder("out")
        for name in [
            ".a.saliency.mp4.1f.saliencyd-partial", ".a.saliency.json.2f.saliencyd-partial",
            ".b.mp4.3f.saliencyd-partial",
        ] {
            try daemon.root.write([1], to: "out/\(name)")
        }
        try await daemon.running(daemon.settings([])) { _ in
            let done = try await daemon.jobs(1, .done)
            #expect(done[0].attempts == 2)
        }
        #expect(daemon.listing("out") == [".b.mp4.3f.saliencyd-partial", "a.saliency.json", "a.saliency.mp4"])
    }

    @Test func aJobThatHadEndedIsNotDoneAgain() async throws {
        let daemon = try await DaemonHarness()
        _ = try await interrupted(daemon)
        try await daemon.running(daemon.settings([])) { _ in try await daemon.jobs(1, .done) }
        let before = try daemon.root.bytes(of: "out/a.saliency.json")
        // As if the daemon had been killed between the last rename and the ledger's change.
        _ = try await daemon.desk { ledger throws(LedgerError) in
            guard let job = try ledger.jobs().first else { return }
            let request = JobRequest(
                key: job.key, bytes: job.bytes, watch: job.watch, source: job.source, output: job.output)
            _ = try ledger.admit(request, again: true)
            _ = try ledger.claim()
        }
        try await daemon.running(daemon.settings([])) { _ in
            let done = try await daemon.jobs(1, .done)
            #expect(done[0].attempts == 1)
        }
        #expect(try daemon.root.bytes(of: "out/a.saliency.json") == before)
    }

    /// Killed between the video's rename and its record's.
    @Test func aVideoWithoutItsRecordIsMadeAgainUnderItsName() async throws {
        let daemon = try await DaemonHarness()
        _ = try await interrupted(daemon)
        try await daemon.running(daemon.settings([])) { _ in try await daemon.jobs(1, .done) }
        try FileManager.default.removeItem(atPath: daemon.root.file("out/a.saliency.json"))
        _ = try await daemon.desk { ledger throws(LedgerError) in
            guard let job = try ledger.jobs().first else { return }
            let request = JobRequest(
                key: job.key, bytes: job.bytes, watch: job.watch, source: job.source, output: job.output)
            _ = try ledger.admit(request, again: true)
            _ = try ledger.claim()
        }
        try await daemon.running(daemon.settings([])) { _ in try await daemon.jobs(1, .done) }
        #expect(daemon.listing("out") == ["a.saliency.json", "a.saliency.mp4"])
    }

    @Test func aFileThatKeepsKillingTheDaemonIsQuarantined() async throws {
        let daemon = try await DaemonHarness()
        _ = try await interrupted(daemon, times: JobRecovery.mostCrashes)
        try await daemon.running(daemon.settings([daemon.watch()])) { _ in
            let jobs = try await daemon.jobs { $0.first?.state == .quarantined && $0[0].source.contains("failed") }
            #expect(jobs[0].failure?.code == "interrupted")
        }
        #expect(daemon.listing("failed") == ["a.mp4", "a.mp4.error.json"])
    }

    @Test func aStoppedDaemonLeavesItsJobsInTheQueue() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("long.mp4", pictures: 3000)
        try await daemon.running(daemon.settings([daemon.watch()])) { _ in
            try await daemon.jobs(1, .running)
        }
        let jobs = try await daemon.jobs(1, .queued)
        #expect(jobs[0].attempts == 0)
        #expect(daemon.listing("out") == [])
        #expect(daemon.listing("in") == ["long.mp4"])
    }
}
