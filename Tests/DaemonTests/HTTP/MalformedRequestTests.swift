import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// Malformed requests: the server rejects them and continues.
@Suite(.hangLimit) struct MalformedRequestTests {
    @Test(arguments: [
        "hello\r\n\r\n", "GET\r\n\r\n", "GET /healthz HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
    ])
    func noHTTP(_ text: String) async throws {
        let api = try await ServedAPI()
        try ReceivedResponse(try await api.exchange(Array(text.utf8))).expectError(400, "bad_request")
        #expect(try await api.get("/healthz").status == 200)
    }

    @Test func headersThatAreTooLong() async throws {
        let api = try await ServedAPI()
        try await api.get("/healthz", "X-Long: " + String(repeating: "a", count: 20_000))
            .expectError(431, "headers_too_large")
        try await api.get("/healthz?" + String(repeating: "a", count: 20_000)).expectError(431)
        let many = (0..<200).map { "X-\($0): 1" }
        try await api.request("GET", "/healthz", headers: many).expectError(431)
    }

    @Test(arguments: [
        "*", "http://localhost/healthz", "http://", "http://:", "://", "?", "#", "healthz", "http://localhost:x/",
    ])
    func invalidTargets(_ target: String) async throws {
        let api = try await ServedAPI()
        let answer = try ReceivedResponse(
            try await api.exchange(
                Array("OPTIONS \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)))
        #expect([400, 404, 405].contains(answer.status))
        #expect(try await api.get("/healthz").status == 200)
    }

    @Test func requestsOneAfterTheOtherOnOneConnection() async throws {
        let api = try await ServedAPI()
        let one = "GET /none HTTP/1.1\r\nHost: localhost\r\n"
        let text = String(
            decoding: try await api.exchange(Array("\(one)\r\n\(one)Connection: close\r\n\r\n".utf8)), as: UTF8.self)
        #expect(text.components(separatedBy: "HTTP/1.1 404").count == 3)
    }

    @Test func anIncompleteRequestTimesOut() async throws {
        var limits = HTTPLimits()
        // The limit of the head alone would come much later.
        (limits.requestHead, limits.requestIdle) = (.seconds(600), .milliseconds(50))
        let api = try await ServedAPI(limits: limits)
        let connection = try LoopbackConnection(port: api.port)
        try await connection.send(Array("GET /healthz HT".utf8))
        #expect(try await connection.receiveAll().isEmpty)
    }

    /// A client that no longer reads is disconnected, which frees its slot.
    @Test func stalledReaders() async throws {
        var limits = HTTPLimits()
        limits.downloads = 1
        let clock = HandClock()
        let api = try await ServedAPI(limits: limits, clock: clock)
        let size = 64 << 20
        _ = try await api.doneJob(video: [UInt8](repeating: 7, count: size))
        let connection = try LoopbackConnection(port: api.port)
        try await connection.send(Array("GET /api/v1/jobs/1/result HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        try await connection.receive(1)
        while try await api.get("/api/v1/jobs/1/record").status == 503 { clock.advance(by: limits.downloadTimeout) }
        #expect(try await connection.receiveAll().count < size)
    }

    @Test(arguments: 0..<8) func damagedRequests(_ seed: UInt64) async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob()
        let originals = [
            "GET /api/v1/jobs?state=done&limit=5 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n",
            "POST /api/v1/jobs/1/priority HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n{\"priority\": 3}",
            "GET /api/v1/jobs/1/result HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-3\r\nIf-Range: \"a\"\r\n\r\n",
            "POST /api/v1/folders/inbox/files/a%20b.mp4 HTTP/1.1\r\nHost: localhost\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ]
        var mutator = Mutator(seed: seed)
        for round in 0..<40 {
            let bytes = mutator.mutated(Array(originals[round % originals.count].utf8))
            let connection = try LoopbackConnection(port: api.port)
            try await connection.send(bytes)
            connection.endSending()
            let answer = try await connection.receiveAll()
            #expect(answer.isEmpty || answer.starts(with: Array("HTTP/1.1 ".utf8)), "\(bytes)")
        }
        #expect(try await api.get("/healthz").status == 200)
        let left = try FileManager.default.contentsOfDirectory(atPath: api.folder.file("inbox"))
        #expect(!left.contains { $0.hasPrefix(".") }, "\(left)")
    }
}
