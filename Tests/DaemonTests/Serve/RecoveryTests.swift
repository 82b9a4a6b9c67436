import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Recovery of a killed daemon: whenever it was killed, each clip is annotated once.
@Suite("Recovery", .hangLimit)
struct RecoveryTests {
    /// A job as left by a killed daemon: running in the ledger only.
    private func interrupted(_ daemon: DaemonHarness, times: Int = 1) async throws -> Job {
        try daemon.drop("a.mp4")
        try await daemon.admit("a.mp4", of: daemon.dropFolder())
        return try await daemon.store { ledger throws(LedgerError) in
            var job = try ledger.claim()
            for _ in 1..<times {
                guard let id = job?.id else { break }
                _ = try ledger.fail(id, JobFailure(code: "interrupted", message: "ended"), retryAt: .distantPast)
                job = try ledger.claim()
            }
            return try ledger.jobs()[0]
        }
    }

    @Test func anInterruptedJobRestartsWithoutLeftovers() async throws {
        let daemon = try await DaemonHarness()
        let job = try await interrupted(daemon)
        #expect(job.state == .running)
        try daemon.makeFolder("out")
        for name in [
            ".a.saliency.mp4.1f.saliencyd-partial", ".a.saliency.json.2f.saliencyd-partial",
            ".a.saliency.vtt.4f.saliencyd-partial", ".b.mp4.3f.saliencyd-partial",
        ] {
            try daemon.root.write([1], to: "out/\(name)")
        }
        try await daemon.running(daemon.settings([])) { _ in
            let done = try await daemon.jobs(1, .done)
            #expect(done[0].attempts == 2)
        }
        #expect(
            daemon.listing("out") == [
                ".b.mp4.3f.saliencyd-partial", "a.saliency.json", "a.saliency.mp4", "a.saliency.vtt",
            ])
    }

    @Test func aCompletedJobIsNotRepeated() async throws {
        let daemon = try await DaemonHarness()
        _ = try await interrupted(daemon)
        try await daemon.running(daemon.settings([])) { _ in try await daemon.jobs(1, .done) }
        let result = try #require(
            try await daemon.store { ledger throws(LedgerError) in try ledger.jobs()[0].result })
        #expect(result.length == 12.0 / 25 && result.seconds.map { $0 > 0 } == true && result.answer?.label != nil)
        let before = try daemon.root.bytes(of: "out/a.saliency.json")
        // As if the daemon had been killed between the last rename and the change of the ledger.
        _ = try await daemon.store { ledger throws(LedgerError) in
            guard let job = try ledger.jobs().first else { return }
            let request = JobRequest(
                key: job.key, bytes: job.bytes, dropFolder: job.dropFolder, source: job.source, output: job.output)
            _ = try ledger.admit(request, again: true)
            _ = try ledger.claim()
        }
        try await daemon.running(daemon.settings([])) { _ in
            let done = try await daemon.jobs(1, .done)
            #expect(done[0].attempts == 1)
            // The result is read from the record; the duration is not known.
            #expect(done[0].result == JobResult(length: result.length, answer: result.answer))
        }
        #expect(try daemon.root.bytes(of: "out/a.saliency.json") == before)
    }

    /// Killed between the renames of the video and its record.
    @Test func aVideoWithoutARecordIsReplaced() async throws {
        let daemon = try await DaemonHarness()
        _ = try await interrupted(daemon)
        try await daemon.running(daemon.settings([])) { _ in try await daemon.jobs(1, .done) }
        try FileManager.default.removeItem(atPath: daemon.root.file("out/a.saliency.json"))
        _ = try await daemon.store { ledger throws(LedgerError) in
            guard let job = try ledger.jobs().first else { return }
            let request = JobRequest(
                key: job.key, bytes: job.bytes, dropFolder: job.dropFolder, source: job.source, output: job.output)
            _ = try ledger.admit(request, again: true)
            _ = try ledger.claim()
        }
        try await daemon.running(daemon.settings([])) { _ in try await daemon.jobs(1, .done) }
        #expect(daemon.listing("out") == ["a.saliency.json", "a.saliency.mp4", "a.saliency.vtt"])
    }

    @Test func aFileThatKeepsCrashingTheDaemonIsQuarantined() async throws {
        let daemon = try await DaemonHarness()
        _ = try await interrupted(daemon)
        for crashes in 1..<JobRecovery.maximumCrashes {
            try daemon.root.write(Array("11\n".utf8), to: "state/crash-signal")
            // Stopped before the job runs: its attempt is the next daemon's.
            try await daemon.recovery(daemon.settings([])).run()
            #expect(try daemon.root.bytes(of: "state/crash-signal") == Array("00\n".utf8))
            let job = try await daemon.store { ledger throws(LedgerError) in try ledger.claim() }
            #expect(job?.crashes == crashes && job?.failure?.code == "crashed")
        }
        try daemon.root.write(Array("06\n".utf8), to: "state/crash-signal")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { _ in
            let jobs = try await daemon.jobs { $0.first?.state == .quarantined && $0[0].source.contains("failed") }
            #expect(jobs[0].failure?.code == "crashed")
            #expect(jobs[0].failure?.message.contains("crashed 3 times") == true, "\(jobs[0].failure?.message ?? "")")
        }
        #expect(daemon.listing("failed") == ["a.mp4", "a.mp4.error.json"])
    }

    @Test func killsFromOutsideDoNotCount() async throws {
        let daemon = try await DaemonHarness()
        let job = try await interrupted(daemon, times: 150)
        #expect(job.attempts == 150)
        try await daemon.running(daemon.settings([])) { _ in
            let done = try await daemon.jobs(1, .done)
            #expect(done[0].crashes == 0 && done[0].attempts == 151)
        }
    }

    @Test(arguments: ["", "0", "00", "99\n", "-1\n", "ab\n", "11"]) func onlyASignalNumberIsACrash(text: String) throws
    {
        let folder = try TemporaryDirectory()
        try folder.write(Array(text.utf8), to: "crash-signal")
        #expect(try CrashNote(state: folder.path) { _ in }.signal == (text == "11" ? 11 : nil))
    }

    /// The second job is suspect: it waits for the first, and the third waits for it.
    @Test func aSuspectRunsAlone() async throws {
        let daemon = try await DaemonHarness()
        let settings = daemon.settings([], jobs: 3)
        let names = ["a.mp4", "b.mp4", "c.mp4"]
        for (number, name) in names.enumerated() {
            try daemon.drop(name, frames: 50, seed: number)
            try await daemon.admit(name, of: daemon.dropFolder { $0.priority = -number })
        }
        try await daemon.store { ledger throws(LedgerError) in
            _ = try ledger.claim()
            guard let second = try ledger.claim() else { return }
            _ = try ledger.crash(second.id, JobFailure(code: "crashed", message: "crashed"), maximumCrashes: 3)
            for job in try ledger.interrupted() { _ = try ledger.release(job.id) }
        }
        try await daemon.running(settings) { _ in
            let jobs = try await daemon.jobs(3, .done)
            let times = try jobs.map { try (#require($0.startedAt), #require($0.finishedAt)) }
            #expect(times[0].1 <= times[1].0, "the suspect began beside another")
            #expect(times[1].1 <= times[2].0, "another began beside the suspect")
            #expect(jobs.map(\.crashes) == [0, 1, 0])
        }
    }

    @Test func aStoppedDaemonLeavesItsJobsInTheQueue() async throws {
        let daemon = try await DaemonHarness()
        var engine: HeldEngine?
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { services in
            let held = HeldEngine(services.runner.execution.scheduler)
            engine = held
            try await held.hold()
            try daemon.drop("long.mp4")
            await held.waitForJob()
            try await daemon.jobs(1, .running)
        }
        engine?.letGo()
        let jobs = try await daemon.jobs(1, .queued)
        #expect(jobs[0].attempts == 0)
        #expect(daemon.listing("out") == [])
        #expect(daemon.listing("in") == ["long.mp4"])
    }
}
