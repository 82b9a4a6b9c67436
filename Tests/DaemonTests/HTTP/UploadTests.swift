import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct UploadTests {
    private func files(_ api: ServedAPI) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: api.folder.file("inbox")).sorted()
    }

    @Test func anUploadAppearsComplete() async throws {
        let api = try await ServedAPI()
        let answer = try await api.post("/api/v1/folders/inbox/files/my%20clip.mp4", "the video")
        #expect(answer.status == 201)
        let path = api.folder.file("inbox/my clip.mp4")
        #expect(try answer.json()["path"] as? String == path)
        #expect(try answer.json()["bytes"] as? Int == 9)
        #expect(
            try answer.json()["content"] as? String
                == "34c451f5af29e42cb1e08c550269a7b4d9f6b6e763e7a290cd2847829bbc1a7b")
        #expect(try answer.json()["job"] is NSNull)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "the video")
        #expect(try files(api) == ["my clip.mp4"])
        #expect(api.rescanned == ["inbox"])
    }

    @Test func chunkedUploads() async throws {
        let api = try await ServedAPI()
        let head = "POST /api/v1/folders/inbox/files/a.mp4 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        let bytes = try await api.exchange(
            Array((head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n").utf8))
        #expect(try ReceivedResponse(bytes).status == 201)
        #expect(try api.folder.bytes(of: "inbox/a.mp4") == Array("abcdefg".utf8))
    }

    /// Like curl: the body is sent after `100 Continue`.
    @Test func aBodyThatWaitsForContinue() async throws {
        let api = try await ServedAPI()
        func head(_ name: String) -> [UInt8] {
            Array(
                """
                POST /api/v1/folders/inbox/files/\(name) HTTP/1.1\r
                Host: localhost\r
                Connection: close\r
                Expect: 100-continue\r
                Content-Length: 9\r
                \r

                """.utf8)
        }
        let connection = try LoopbackConnection(port: api.port)
        try await connection.send(head("a.mp4"))
        let invitation = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        #expect(try await connection.receive(invitation.count) == invitation)
        try await connection.send(Array("the video".utf8))
        #expect(try ReceivedResponse(try await connection.receiveAll()).status == 201)
        // The body of a rejected request is not requested.
        let other = try LoopbackConnection(port: api.port)
        try await other.send(head("a.mp4"))
        other.endSending()
        try ReceivedResponse(try await other.receiveAll()).expectError(409)
    }

    @Test func waitReturnsTheJob() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(clock: clock)
        async let answer = api.post("/api/v1/folders/inbox/files/a.mp4?wait=30", "the video")
        #expect(await clock.sleeper() == .seconds(30))
        // Like the drop folder.
        let dropFolder = try #require(api.registry["inbox"])
        try await api.admit(9)
        let content = "34c451f5af29e42cb1e08c550269a7b4d9f6b6e763e7a290cd2847829bbc1a7b"
        let request = JobRequest(
            key: JobKey(
                content: content, model: ServedAPI.modelHash,
                options: dropFolder.annotation.canonical),
            bytes: 9, dropFolder: "inbox", source: api.folder.file("inbox/a.mp4"), output: "/out/a.mp4")
        let job = try await api.store { ledger throws(LedgerError) in try ledger.admit(request).job }
        #expect(try await answer.json()["job"] as? Int64 == job.id)
    }

    @Test func waitEndsWithoutAJob() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(clock: clock)
        async let answer = api.post("/api/v1/folders/inbox/files/a.mp4?wait=30", "the video")
        _ = await clock.sleeper()
        clock.advance(by: .seconds(30))
        #expect(try await answer.status == 201)
        #expect(try await answer.json()["job"] is NSNull)
    }

    @Test func nothingIsReplaced() async throws {
        let api = try await ServedAPI()
        try api.folder.write(Array("mine".utf8), to: "inbox/a.mp4")
        try await api.post("/api/v1/folders/inbox/files/a.mp4", "other").expectError(409, "conflict", mention: "a.mp4")
        #expect(try api.folder.bytes(of: "inbox/a.mp4") == Array("mine".utf8))
        #expect(try files(api) == ["a.mp4"])
    }

    @Test(arguments: [
        "..", ".", ".hidden.mp4", "a%2Fb.mp4", "..%2Fa.mp4", "%2Fetc%2Fpasswd", "a%00.mp4", "a%0A.mp4", "a%7F.mp4",
        "%E2%80%AEa.mp4", "a%C2%85.mp4", "a.part", "a.json", "a.mp4~",
    ])
    func hostileNames(_ name: String) async throws {
        let api = try await ServedAPI()
        try await api.post("/api/v1/folders/inbox/files/\(name)", "x").expectError(422, "unprocessable")
        #expect(try files(api) == [])
    }

    @Test(arguments: [
        "%E2%9C%88%EF%B8%8F%20%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9.mp4", "a%3Fb%23%26%25.mkv", "-rf", "~.mp4",
    ])
    func unusualNames(_ name: String) async throws {
        let api = try await ServedAPI()
        #expect(try await api.post("/api/v1/folders/inbox/files/\(name)", "x").status == 201)
        #expect(try files(api) == [name.removingPercentEncoding])
    }

    @Test func longNames() async throws {
        let api = try await ServedAPI()
        let most = String(repeating: "a", count: 196) + ".mp4"
        #expect(try await api.post("/api/v1/folders/inbox/files/\(most)", "x").status == 201)
        try await api.post("/api/v1/folders/inbox/files/a\(most)", "x").expectError(422, mention: "200")
        try await api.post("/api/v1/folders/inbox/files/", "x").expectError(404)
        try await api.post("/api/v1/folders/inbox/files/%ff.mp4", "x").expectError(400)
        #expect(try files(api) == [most])
    }

    @Test func unknownDropFolders() async throws {
        let api = try await ServedAPI()
        try await api.post("/api/v1/folders/outbox/files/a.mp4", "x").expectError(404, "not_found")
    }

    @Test func emptyAndUnmeasuredBodies() async throws {
        let api = try await ServedAPI()
        try await api.post("/api/v1/folders/inbox/files/a.mp4", "").expectError(422, mention: "empty")
        try await api.request("POST", "/api/v1/folders/inbox/files/a.mp4").expectError(411, "length_required")
        #expect(try files(api) == [])
    }

    @Test func tooLarge() async throws {
        let api = try await ServedAPI(largestUpload: 100_000)
        let path = "/api/v1/folders/inbox/files/a.mp4"
        #expect(try await api.request("POST", path, body: [UInt8](repeating: 1, count: 100_000)).status == 201)
        let bytes = [UInt8](repeating: 1, count: 100_001)
        let refused = try await api.request("POST", "/api/v1/folders/inbox/files/b.mp4", body: bytes)
        try refused.expectError(413, "too_large", mention: "http.largest-upload")
        // With chunks the size is known only as they arrive.
        let head = "POST /api/v1/folders/inbox/files/c.mp4 HTTP/1.1\r\nHost: localhost\r\n"
        let chunk = Array("186A1\r\n".utf8) + bytes + Array("\r\n".utf8)
        let answer = try await api.exchange(Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8) + chunk)
        try ReceivedResponse(answer).expectError(413, "too_large")
        #expect(try files(api) == ["a.mp4"])
    }

    /// The connection is closed or reset during the upload: nothing remains.
    @Test(
        arguments: ["Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nFFFFF\r\n"], [true, false])
    func brokenOff(_ header: String, isPolite: Bool) async throws {
        let api = try await ServedAPI()
        let folder = api.folder.file("inbox")
        let (hints, hint) = AsyncStream.makeStream(of: Void.self)
        let events = try #require(FolderEvents(folder: folder) { _ in hint.yield() })
        let connection = try LoopbackConnection(port: api.port)
        let head = "POST /api/v1/folders/inbox/files/a.mp4 HTTP/1.1\r\nHost: localhost\r\n\(header)"
        try await connection.send(Array(head.utf8) + [UInt8](repeating: 1, count: 300_000))
        var iterator = hints.makeAsyncIterator()
        while try files(api).isEmpty { await iterator.next() }
        #expect(try files(api).allSatisfy { $0.hasPrefix(".a.mp4.") && $0.hasSuffix(".part") })
        if isPolite { connection.endSending() } else { connection.reset() }
        while try !files(api).isEmpty { #expect(try await api.get("/healthz").status == 200) }
        withExtendedLifetime(events) {}
    }

    @Test func leftoversOfAKilledDaemonAreRemoved() async throws {
        let folder = try await ServedAPI().folder
        try folder.write([1], to: ".a.mp4.1f\(UploadFile.suffix)")
        try folder.write([1], to: ".other.part")
        UploadFile.removeLeftovers(in: folder.path)
        let rest = try folder.listing()
        #expect(!rest.contains { $0.hasSuffix(UploadFile.suffix) })
        #expect(rest.contains(".other.part"))
    }

    @Test func missingFolder() async throws {
        let api = try await ServedAPI()
        try FileManager.default.removeItem(atPath: api.folder.file("inbox"))
        try await api.post("/api/v1/folders/inbox/files/a.mp4", "x").expectError(503, mention: "cannot be created")
        let dropFolders = try #require(try await api.get("/api/v1/folders").json()["folders"] as? [[String: Any]])
        #expect(dropFolders[0]["readable"] as? Bool == false)
        #expect((dropFolders[0]["problem"] as? String)?.contains("inbox") == true)
    }

    @Test(arguments: [ENOSPC, EDQUOT]) func fullDisks(_ code: Int32) {
        let error = APIError(UploadError("/in/a.mp4", "cannot be written", systemError: code))
        #expect(error.status.code == 507)
        #expect(error.message.hasPrefix("/in/a.mp4: cannot be written"))
    }

    /// Still supported in this version.
    @Test func theOldPathIsAnswered() async throws {
        let api = try await ServedAPI()
        #expect(try await api.get("/api/v1/watches").json()["folders"] as? [[String: Any]] != nil)
        #expect(try await api.get("/api/v1/watches/inbox/files").status == 200)
        #expect(try await api.post("/api/v1/watches/inbox/files/a.mp4", "x").status == 201)
    }

    @Test func foldersHaveTheirSettings() async throws {
        let api = try await ServedAPI()
        let dropFolders = try #require(try await api.get("/api/v1/folders").json()["folders"] as? [[String: Any]])
        #expect(dropFolders.count == 1)
        #expect(dropFolders[0]["name"] as? String == "inbox")
        #expect(dropFolders[0]["readable"] as? Bool == true)
        #expect(dropFolders[0]["settle"] as? Double == 5)
        #expect((dropFolders[0]["annotation"] as? [String: String])?["colormap"] == "turbo")
    }
}
