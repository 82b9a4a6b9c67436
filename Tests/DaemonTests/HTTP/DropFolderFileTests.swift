import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// Why a file in a drop folder is not annotated, over HTTP and by the command.
@Suite(.hangLimit) struct DropFolderFileTests {
    private func api() async throws -> ServedAPI {
        let api = try await ServedAPI()
        for name in ["inbox/a.mp4", "inbox/b.part", "inbox/c.json"] { try api.folder.write([1, 2], to: name) }
        return api
    }

    @Test func theFilesOfAFolderAreListedWithReasons() async throws {
        let api = try await api()
        let answer = try await api.get("/api/v1/folders/inbox/files").json()
        let files = try #require(answer["files"] as? [[String: Any]])
        #expect(files.compactMap { $0["name"] as? String } == ["a.mp4", "b.part", "c.json"])
        #expect(files.compactMap { $0["state"] as? String } == ["waiting", "passed_over", "passed_over"])
        #expect(answer["left_out"] as? Int == 0)
        let one = try await api.get("/api/v1/folders/inbox/files?file=b.part").json()
        let reason = (one["files"] as? [[String: Any]])?.first?["reason"] as? String
        #expect(reason == "It is not taken: its name ends with .part.")
        let page = try await api.get("/api/v1/folders/inbox/files?limit=1").json()
        #expect((page["files"] as? [Any])?.count == 1 && page["left_out"] as? Int == 2)
    }

    @Test(arguments: [
        ("none/files", 404), ("inbox/files?file=none.mp4", 404), ("inbox/files?file=../config.yaml", 404),
        ("inbox/files?limit=0", 400), ("inbox/files?name=a.mp4", 400),
    ])
    func whatCannotBeAnsweredIsNamed(_ path: String, _ status: Int) async throws {
        #expect(try await api().get("/api/v1/folders/\(path)").status == status)
    }

    @Test func theCommandFindsTheDropFolderOfAFile() async throws {
        let api = try await api()
        #expect(symlink(api.folder.file("inbox"), api.folder.file("link")) == 0)
        for arguments in [
            [api.folder.file("inbox/b.part")], [api.folder.file("link/b.part")], ["b.part", "--folder", "inbox"],
        ] {
            let run = try await why(api, arguments)
            #expect(run.status == 0, "\(run.standardError)")
            #expect(run.standardOutput == "b.part: It is not taken: its name ends with .part.\n")
        }
        let elsewhere = try await why(api, [api.folder.file("config.yaml")])
        #expect(elsewhere.status == 64 && elsewhere.standardError.contains("is not in a drop folder"))
        let gone = try await why(api, [api.folder.file("inbox/none.mp4")])
        #expect(gone.status == 64 && gone.standardError.contains("no none.mp4"))
    }

    private func why(_ api: ServedAPI, _ arguments: [String]) async throws -> CommandRun {
        try await CommandRun.run(
            CommandRun.builtCommand, ["jobs", "why"] + arguments + ["--url", api.url],
            environment: ["no_proxy": "127.0.0.1"])
    }
}
