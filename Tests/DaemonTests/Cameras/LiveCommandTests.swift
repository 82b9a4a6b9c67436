import Concurrency
import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// `live` through the built command.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct LiveCommandTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func live(_ address: String, _ options: String..., environment: [String: String] = [:]) throws
        -> RunningCommand
    {
        try RunningCommand(
            CommandRun.builtCommand,
            ["live", address, "--model", try CameraMaterial.network(folder), "--threads", "1"] + options,
            environment: environment)
    }

    private var record: String { folder.file("record.ndjson") }

    private func waitForWindows(_ count: Int) async -> Bool {
        await FolderWait.until(folder.path) { [record] in RecordLine.count("window", record) >= count }
    }

    @Test func aStreamIsRecordedUntilControlC() async throws {
        let stream = try CameraMaterial.stream(seconds: 120)
        let server = try StreamServer { connection in
            connection.beginHTTP()
            connection.play(stream, seconds: 120)
            connection.hold()
        }
        let command = try live(
            "http://127.0.0.1:\(server.port)/live", "--segments", folder.file("segments"), "--segment-length", "1",
            "--log-file", record, "--name", "gate", "--stall", "600")
        // Frames of more than one second of the clock go to more than one file.
        let isLong = await FolderWait.until(folder.path) { [record] in
            Set(((try? RecordLine.read(record)) ?? []).compactMap { $0.start?.prefix(19) }).count > 2
        }
        #expect(isLong)
        command.send(SIGINT)
        let run = await command.end()
        #expect(run.status == 0 && run.standardOutput.isEmpty, "\(run.standardError)")
        let said = run.standardError.split(separator: "\n")
        let summaries = said.compactMap {
            $0.wholeMatch(of: /(\d+) frames? drawn, \d+ left out, (\d+) windows?, 1 connection, (\d+) files?/)
        }
        #expect(said.last?.contains(" drawn, ") == true, "\(run.standardError)")
        let summary = try #require(summaries.first, "\(run.standardError)")
        #expect(summaries.count == 1)

        let lines = try RecordLine.read(record)
        try RecordLine.expectOrder(lines)
        #expect(lines.first?.kind == "began" && lines.last?.kind == "ended")
        #expect(lines.last?.reason == nil)
        #expect(lines.allSatisfy { $0.camera == "gate" && $0.connection == 1 })
        #expect(lines.count { $0.kind == "window" } == Int(summary.2))
        let segments = try CameraMaterial.segments(folder.file("segments"))
        #expect(segments.count == Int(summary.3) && segments.count > 1)
        for segment in segments { try segment.expectToPlay() }
        #expect(segments.allSatisfy { $0.hasSound && $0.description == "connection 1" })
        #expect(segments.reduce(0) { $0 + $1.times.count } == Int(summary.1))
        RecordedFile.expectOrder(segments)
    }

    @Test func progressIsLinesOfJSON() async throws {
        let command = try live(
            "loop:" + (try CameraMaterial.clip(folder)), "--log-file", record, "--progress", "json")
        #expect(await waitForWindows(1))
        #expect(await command.waitForStandardError(containing: "\"state\":\"up\""))
        command.send(SIGTERM)
        let run = await command.end()
        #expect(run.status == 0)
        let lines = run.standardError.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["connection"] as? Int == 1 && object?["frames_in"] is Int && object?["reason"] is String)
        }
        #expect(!run.standardError.contains("frames drawn"))
    }

    @Test func masksAndZonesAreOptions() async throws {
        let command = try live(
            "loop:" + (try CameraMaterial.clip(folder)), "--log-file", record, "--outline-zones", "--mask",
            "top=0,0 1,0 1,0.5 0,0.5", "--zone", "left=0,0 0.5,0 0.5,1 0,1", "--zone", "top=0,0 1,0 1,0.5 0,0.5")
        #expect(await waitForWindows(2))
        command.send(SIGINT)
        let run = await command.end()
        #expect(run.status == 0 && run.standardError.contains("sees nothing of zone top"), "\(run.standardError)")
        #expect(!run.standardError.contains("zone left"))
        for line in try RecordLine.read(record) where line.kind == "window" {
            let zones = try #require(line.zones)
            #expect(Set(zones.keys) == ["left", "top"])
            #expect(zones["top"]?.share == 0 && zones["top"]?.area == 0)
            #expect(zones["left"].map { (0...1).contains($0.share) } == true)
        }
    }

    @Test(arguments: [
        (["--mask", "a"], "--mask takes a name, =, and points"), (["--mask", "a b=0,0 1,0 1,1"], "not a b=0,0"),
        (["--mask", "a=0,0 1,0"], "--mask a has to have 3 to 64 points"),
        (["--zone", "a=0,0 1,0 2,0"], "--zone a has coordinates from 0 to 1"),
        (["--zone", "a=0,0 1,0 1,1", "--zone", "a=0,0 1,0 1,1"], "--zone names a twice"),
    ])
    func whatIsNoRegionIsRefused(_ options: [String], _ mention: String) async throws {
        let run = try await CommandRun.run(CommandRun.builtCommand, ["live", "loop:/x"] + options)
        #expect(run.status == 64 && run.standardError.contains(mention), "\(run.standardError)")
    }

    /// A second Ctrl-C does not wait for a silent stream, although `--stall` is ten minutes.
    @Test func aSecondControlCEndsIt() async throws {
        let stream = try CameraMaterial.stream(seconds: 60)
        let isSilent = Latch()
        let server = try StreamServer { [record] connection in
            connection.beginHTTP()
            connection.play(stream, seconds: 60) { RecordLine.count("window", record) >= 2 }
            isSilent.open()
            connection.hold()
        }
        let command = try live(
            "http://127.0.0.1:\(server.port)/live", "--log-file", record, "--stall", "600", "--segments",
            folder.file("segments"))
        #expect(await waitForWindows(2))
        await isSilent.wait()
        command.send(SIGINT)
        #expect(await command.waitForStandardError(containing: "Ctrl-C again"))
        command.send(SIGINT)
        let run = await command.end()
        #expect(run.status == 0, "\(run.standardError)")
        let segments = try CameraMaterial.segments(folder.file("segments"))
        #expect(!segments.isEmpty)
        for segment in segments { try segment.expectToPlay() }
        #expect(try RecordLine.read(record).last?.kind == "ended")
    }

    @Test(arguments: [
        ["rtsp://admin:hunter2@127.0.0.1/x"], ["http://hunter2@127.0.0.1/x"], ["rtsp://admin:hunter2/x@127.0.0.1/x"],
        ["rtmp://a:hun%74er2@127.0.0.1/app/x"], ["loop:/x", "--publish", "rtmp://admin:hunter2@127.0.0.1/app/x"],
    ])
    func aPasswordOnTheCommandLineIsRefused(_ arguments: [String]) async throws {
        let run = try await CommandRun.run(CommandRun.builtCommand, ["live"] + arguments)
        #expect(run.status == 64)
        #expect(run.standardError.contains("--password-file"), "\(run.standardError)")
        for part in ["hunter2", "hun%74er2", "admin"] {
            #expect(!(run.standardError + run.standardOutput).contains(part), "\(run.standardError)")
        }
    }

    @Test(arguments: [
        ("gopher://host/hunter2", "begins with one of"), ("host:hunter2@x", "begins with one of"),
        ("rtsp://ho st/x", "host"), ("http://host:99999/x", "port"), ("rtsp:///x", "host"),
    ])
    func whatIsNoAddressIsOneSentence(_ address: String, _ mention: String) async throws {
        let run = try await CommandRun.saliencyd("live", address)
        #expect(run.status != 0)
        #expect(run.standardError.contains(mention), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
        #expect(!run.standardError.contains("hunter2"), "\(run.standardError)")
    }

    /// Runs the command until it shows a reason.
    private func reason(_ mention: String, _ address: String, _ options: String...) async throws {
        let command = try RunningCommand(
            CommandRun.builtCommand,
            ["live", address, "--model", try CameraMaterial.network(folder), "--threads", "1"] + options)
        #expect(await command.waitForStandardError(containing: mention), "\(mention)")
        command.send(SIGINT)
        let run = await command.end()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("camera: disconnected: "), "\(run.standardError)")
    }

    @Test func connectionProblemsAreShown() async throws {
        let port = try Loopback.freePort()
        let address = "http://127.0.0.1:\(port)/live"
        try await reason("refused", address)
        try await reason(
            "\(folder.file("none")): cameras.camera.password-file", address, "--user", "u", "--password-file",
            folder.file("none"))
        try await reason("$NONE_OF_THESE", address, "--user", "u", "--password-variable", "NONE_OF_THESE")
    }

    @Test func anUnknownClassIsReportedImmediately() async throws {
        let run = try await live("http://127.0.0.1:\(try Loopback.freePort())/live", "--target", "nothing").end()
        #expect(run.status != 0)
        #expect(run.standardError.contains("no label \"nothing\""), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
    }

    /// A line that does not fit completely is not written.
    @Test func aFullDiskLeavesWholeLines() async throws {
        let clip = try CameraMaterial.clip(folder)
        let network = try CameraMaterial.network(folder)
        // Limits files to this many KiB, and ignores the signal for larger ones.
        let command = try RunningCommand(
            "bash",
            [
                "-c", "export LLVM_PROFILE_FILE=/dev/null; trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"",
                CommandRun.builtCommand, "live", "loop:\(clip)",
                "--model", network, "--threads", "1", "--log-file", record,
            ])
        #expect(await command.waitForStandardError(containing: "the record is not written"))
        command.send(SIGINT)
        let run = await command.end()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains(record))
        let bytes = try folder.bytes(of: "record.ndjson")
        #expect(bytes.count <= 1024 && bytes.last == UInt8(ascii: "\n"))
        #expect(try RecordLine.read(record).count > 1)
    }
}
