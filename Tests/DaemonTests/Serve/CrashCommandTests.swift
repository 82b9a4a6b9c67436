import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// The treatment of a file when the built command crashes, or is killed, while annotating it.
@Suite("The daemon's crashes", .tags(.live), .serialized, .oneSuiteAtATime, .hangLimit)
struct CrashCommandTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
        let yaml = """
            state: \(folder.file("state"))
            http: {enabled: false}
            logging: {format: json}
            folders:
              in: {folder: \(folder.file("in")), settle: 0}
            """
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
        // So long that no daemon of these tests finishes it.
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=400", folder.file("clip.part.mp4")])
        try FileManager.default.moveItem(atPath: folder.file("clip.part.mp4"), toPath: folder.file("in/clip.mp4"))
    }

    private func serve() throws -> RunningCommand {
        try RunningCommand(CommandRun.builtCommand, ["serve", "--config", folder.file("saliencyd.yaml")])
    }

    /// Starts a daemon, and sends it `signal` while it annotates the clip.
    private func end(by signal: Int32) async throws {
        let daemon = try serve()
        try #require(await daemon.waitForStandardError(containing: "\"job begins\""))
        daemon.send(signal)
        let run = await daemon.end()
        #expect(run.status == -1, "\(run.standardError)")
    }

    private func job() throws -> Job {
        try #require(try Ledger(path: folder.file("state/ledger.sqlite")).jobs().first)
    }

    @Test(arguments: [SIGSEGV, SIGABRT]) func aFileWithThreeCrashesIsQuarantined(_ signal: Int32) async throws {
        for _ in 1...3 { try await end(by: signal) }
        #expect(try job().crashes == 2)
        let note = try folder.bytes(of: "state/crash-signal")
        #expect(String(decoding: note, as: UTF8.self) == (signal == SIGSEGV ? "11\n" : "06\n"))
        let daemon = try serve()
        #expect(await daemon.waitForStandardError(containing: "\"job quarantined"))
        daemon.send(SIGTERM)
        #expect(await daemon.end().status == 0)
        let job = try job()
        #expect(job.state == .quarantined && job.crashes == 3 && job.failure?.code == "crashed")
    }

    @Test func aFileWithThreeKillsIsNotQuarantined() async throws {
        for _ in 1...4 { try await end(by: SIGKILL) }
        let job = try job()
        #expect(job.state == .running && job.crashes == 0 && job.attempts == 4)
    }
}
