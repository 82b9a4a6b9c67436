import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// `serve` through the built command: start, reload, stop and errors.
@Suite("The daemon's command", .tags(.live), .serialized, .oneSuiteAtATime, .hangLimit)
struct ServeCommandTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
    }

    private func configure(_ more: String = "") throws {
        let yaml = """
            state: \(folder.file("state"))
            http: {enabled: false}
            logging: {format: json}
            folders:
              in: {folder: \(folder.file("in")), settle: 0, \(more)}
            """
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
    }

    private func serve() throws -> RunningCommand {
        try RunningCommand(CommandRun.builtCommand, ["serve", "--config", folder.file("saliencyd.yaml")])
    }

    /// Waits for a line of the log that has `message`.
    private func wait(for message: String, in command: RunningCommand) async -> Bool {
        await command.waitForStandardError(containing: message)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func startsAnnotatesAndStops(_ signal: Int32) async throws {
        try configure()
        let daemon = try serve()
        #expect(await wait(for: "\"ready\"", in: daemon))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", folder.file("clip.part.mp4")])
        try FileManager.default.moveItem(atPath: folder.file("clip.part.mp4"), toPath: folder.file("in/clip.mp4"))
        #expect(await wait(for: "\"job done\"", in: daemon))
        daemon.send(signal)
        let run = await daemon.end()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("\"stopped\""))
        #expect(run.standardOutput.isEmpty)
        for line in run.standardError.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        let video = folder.file("in-annotated/clip.saliency.mp4")
        #expect(try MediaFactory.countedFrames(video) == 25)
    }

    @Test func aReloadAppliesOnlyValidConfigurations() async throws {
        try configure()
        let daemon = try serve()
        #expect(await wait(for: "\"ready\"", in: daemon))
        #expect(await wait(for: "watching", in: daemon))
        try configure("priority: 3")
        daemon.send(SIGHUP)
        #expect(await wait(for: "configuration reloaded", in: daemon))
        try configure("priority: many")
        daemon.send(SIGHUP)
        #expect(await wait(for: "stays as it was", in: daemon))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", folder.file("clip.part.mp4")])
        try FileManager.default.moveItem(atPath: folder.file("clip.part.mp4"), toPath: folder.file("in/clip.mp4"))
        #expect(await wait(for: "\"job done\"", in: daemon))
        daemon.send(SIGTERM)
        #expect(await daemon.end().status == 0)
        let ledger = try Ledger(path: folder.file("state/ledger.sqlite"))
        #expect(try ledger.jobs().map(\.priority) == [3])
    }

    @Test func twoDaemonsDoNotShareAFolder() async throws {
        try configure()
        let first = try serve()
        #expect(await wait(for: "\"ready\"", in: first))
        let second = await (try serve()).end()
        #expect(second.status == 73)
        #expect(second.standardError.contains("another process"), "\(second.standardError)")
        first.send(SIGTERM)
        #expect(await first.end().status == 0)
    }

    @Test func anInvalidConfigurationIsRejected() async throws {
        try configure("nonsense: 1")
        for command in ["serve", "check"] {
            let run = try await CommandRun.saliencyd(command, "--config", folder.file("saliencyd.yaml"))
            #expect(run.status == 78)
            #expect(run.standardError.contains("saliencyd.yaml:5: folders.in.nonsense"), "\(run.standardError)")
            #expect(run.standardError.split(separator: "\n").count == 1)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }

    @Test func checkPrintsTheSettingsInEffect() async throws {
        try configure()
        let run = try await CommandRun.saliencyd(
            "check", "--config", folder.file("saliencyd.yaml"), "--set", "engine.jobs=3",
            environment: ["SALIENCYD_LOGGING_LEVEL": "debug"])
        #expect(run.status == 0)
        #expect(run.standardOutput.contains("jobs: 3") && run.standardOutput.contains("level: debug"))
    }

    @Test func aMissingModelIsNamed() async throws {
        try configure()
        let run = try await CommandRun.saliencyd(
            "serve", "--config", folder.file("saliencyd.yaml"), "--set", "model=/none/model.safetensors")
        #expect(run.status == 66)
        #expect(run.standardError.contains("/none/model.safetensors"))
    }

    @Test func anInvalidLedgerIsRejected() async throws {
        try configure()
        try FileManager.default.createDirectory(atPath: folder.file("state"), withIntermediateDirectories: false)
        try folder.write(Array(repeating: 7, count: 9000), to: "state/ledger.sqlite")
        let run = try await CommandRun.saliencyd("serve", "--config", folder.file("saliencyd.yaml"))
        #expect(run.status == 73)
        #expect(run.standardError.contains("ledger.sqlite"), "\(run.standardError)")
        #expect(try folder.bytes(of: "state/ledger.sqlite") == Array(repeating: 7, count: 9000))
    }
}
