import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// `saliencyd jobs …` through the built command, against the API.
@Suite(.hangLimit) struct JobsCommandTests {
    private func jobs(_ api: ServedAPI, _ arguments: String...) async throws -> CommandRun {
        try await CommandRun.run(
            CommandRun.builtCommand, ["jobs"] + arguments + ["--url", api.url], environment: ["no_proxy": "127.0.0.1"])
    }

    private func expectFailure(
        _ run: CommandRun, _ status: Int32, _ mention: String, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == status, "\(run.standardError)", sourceLocation: location)
        let sentence = run.standardError.trimmingCharacters(in: .newlines)
        #expect(sentence.hasPrefix("saliencyd: "), "\(sentence)", sourceLocation: location)
        #expect(!sentence.contains("\n"), "\(sentence)", sourceLocation: location)
        #expect(sentence.contains(mention), "\(sentence)", sourceLocation: location)
    }

    @Test func theListIsATableOrTheResponse() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        try await api.admit(2, dropFolder: "other")
        let table = try await jobs(api, "list")
        #expect(table.status == 0, "\(table.standardError)")
        #expect(table.standardOutput.contains("1.mp4") && table.standardOutput.contains("2.mp4"))
        let filtered = try await jobs(api, "list", "--state", "queued", "--folder", "other", "--limit", "5", "--json")
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(filtered.standardOutput.utf8)) as? [String: Any])
        #expect((answer["jobs"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == [2])
    }

    @Test func oneJobIsShownAndChanged() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        #expect(try await jobs(api, "priority", "1", "9").status == 0)
        let shown = try await jobs(api, "show", "1")
        #expect(shown.standardOutput.contains("priority 9"), "\(shown.standardOutput)")
        #expect(try await jobs(api, "cancel", "1").standardOutput.contains("cancelled"))
        expectFailure(try await jobs(api, "cancel", "1"), 64, "cancelled already")
        #expect(try await jobs(api, "retry", "1").standardOutput.contains("queued"))
        expectFailure(try await jobs(api, "show", "7"), 64, "no job 7")
    }

    @Test func manyJobsAreChanged() async throws {
        let api = try await ServedAPI()
        for number in 1...3 { try await api.admit(number, dropFolder: number == 1 ? "other" : "inbox") }
        let cancelled = try await jobs(api, "cancel", "--state", "queued", "--folder", "inbox")
        #expect(cancelled.standardOutput == "2 jobs cancelled\n", "\(cancelled.standardError)")
        let retried = try await jobs(api, "retry", "--state", "cancelled", "--name", "3.mp4", "--json")
        #expect(retried.standardOutput == "{\"changed\":1}\n", "\(retried.standardError)")
        let listed = try await jobs(api, "list", "--name", "2.mp4")
        #expect(listed.standardOutput.contains("2.mp4") && !listed.standardOutput.contains("3.mp4"))
        for arguments in [["cancel"], ["retry"], ["retry", "1", "--folder", "inbox"]] {
            let run = try await CommandRun.run(
                CommandRun.builtCommand, ["jobs"] + arguments + ["--url", api.url],
                environment: ["no_proxy": "127.0.0.1"])
            #expect(run.status == 64 && run.standardError.contains("--folder"), "\(run.standardError)")
        }
        #expect(try await jobs(api, "show", "2").standardOutput.contains("cancelled"))
    }

    @Test func jobsArePaused() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        let paused = try await jobs(api, "pause", "--folder", "inbox")
        #expect(
            paused.standardOutput.hasPrefix("the drop folder inbox has been paused since"), "\(paused.standardError)")
        #expect(try await jobs(api, "list").standardOutput.contains("the drop folder inbox has been paused since"))
        #expect(try await jobs(api, "show", "1").standardOutput.contains("held:    the drop folder inbox"))
        #expect(try await jobs(api, "resume").standardOutput == "nothing is paused\n")
        expectFailure(try await jobs(api, "pause", "--folder", "none"), 64, "no drop folder")
    }

    @Test func waitReportsHowJobsEnded() async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob(1)
        #expect(try await jobs(api, "wait", "1").status == 0)
        try await api.admit(2)
        #expect(try await jobs(api, "wait", "2", "--timeout", "0").status == 1)
        _ = try await api.claim()
        try await api.fail(2)
        let failed = try await jobs(api, "wait", "1", "2")
        #expect(failed.status == 1)
        #expect(failed.standardOutput.contains("The file ends at 3 s."), "\(failed.standardOutput)")
        #expect(try await jobs(api, "wait").status == 0)
    }

    /// The job ends after the command's first request.
    @Test func waitLastsUntilTheEnd() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(clock: clock)
        try await api.admit(1)
        async let waiting = jobs(api, "wait")
        _ = await clock.sleeper()
        _ = try await api.claim()
        try await api.finish(1)
        #expect(try await waiting.status == 0)
    }

    @Test func filesAreAdded() async throws {
        let api = try await ServedAPI(token: "correct-horse-battery-staple")
        try api.folder.write(Array("the video".utf8), to: "my clip#1.mp4")
        let file = api.folder.file("my clip#1.mp4")
        expectFailure(try await jobs(api, "add", file, "--folder", "inbox"), 64, "token")
        let token = api.folder.file("token")
        let run = try await jobs(api, "add", file, "--folder", "inbox", "--token-file", token)
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try api.folder.bytes(of: "inbox/my clip#1.mp4") == Array("the video".utf8))
        expectFailure(
            try await jobs(api, "add", file, "--folder", "inbox", "--token-file", token), 64, "exists already")
        expectFailure(try await jobs(api, "add", file, "--folder", "none", "--token-file", token), 64, "no drop folder")
    }

    @Test func aMissingDaemon() async throws {
        let api = try await ServedAPI()
        try await api.stop()
        for arguments in [["list"], ["show", "1"], ["wait", "1"]] {
            let run = try await CommandRun.run(
                CommandRun.builtCommand, ["jobs"] + arguments + ["--url", api.url],
                environment: ["no_proxy": "127.0.0.1"])
            expectFailure(run, 69, "saliencyd serve")
        }
    }
}
