import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct ResultRouteTests {
    @Test func wholeVideoAndRecord() async throws {
        let api = try await ServedAPI()
        let job = try await api.doneJob()
        let video = try await api.get("/api/v1/jobs/1/result")
        #expect(video.status == 200)
        #expect(video.text == "0123456789")
        #expect(video.headers["content-type"] == "video/mp4")
        #expect(video.headers["content-length"] == "10")
        #expect(video.headers["accept-ranges"] == "bytes")
        #expect(video.headers["etag"] == ResultRoutes.tag(job))
        #expect(ResultRoutes.tag(job).contains(job.key.origin))
        let record = try await api.get("/api/v1/jobs/1/record")
        #expect(record.text == "{\"windows\":[]}")
        #expect(record.headers["content-type"] == "application/json")
        let captions = try await api.get("/api/v1/jobs/1/captions")
        #expect(captions.text == "WEBVTT\n")
        #expect(captions.headers["content-type"] == "text/vtt; charset=utf-8")
    }

    @Test func longVideosAreComplete() async throws {
        let api = try await ServedAPI()
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        _ = try await api.doneJob(video: bytes)
        #expect(try await api.get("/api/v1/jobs/1/result").body == bytes)
        let part = try await api.get("/api/v1/jobs/1/result", "Range: bytes=1000000-2999999")
        #expect(part.status == 206)
        #expect(part.body == Array(bytes[1_000_000..<3_000_000]))
    }

    @Test func headReturnsTheSize() async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob()
        let answer = try await api.request("HEAD", "/api/v1/jobs/1/result", headers: ["Range: bytes=0-1"])
        #expect(answer.status == 200)
        #expect(answer.headers["content-length"] == "10")
        #expect(answer.body.isEmpty)
    }

    @Test(arguments: [
        ("bytes=0-3", "0123", "0-3"), ("bytes=2-2", "2", "2-2"), ("bytes=7-", "789", "7-9"),
        ("bytes=-3", "789", "7-9"), ("bytes=-99", "0123456789", "0-9"), ("bytes=5-99", "56789", "5-9"),
        ("bytes=5-99999999999999999999999", "56789", "5-9"), ("Bytes=0-0", "0", "0-0"),
        ("bytes=-99999999999999999999999", "0123456789", "0-9"), ("bytes= 1-2 ", "12", "1-2"),
        ("bytes=0-9223372036854775807", "0123456789", "0-9"),
    ])
    func ranges(_ header: String, _ text: String, _ range: String) async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob()
        let answer = try await api.get("/api/v1/jobs/1/result", "Range: \(header)")
        #expect(answer.status == 206)
        #expect(answer.text == text)
        #expect(answer.headers["content-range"] == "bytes \(range)/10")
        #expect(answer.headers["content-length"] == "\(text.count)")
    }

    @Test(arguments: [
        "bytes=0-1,3-4", "bytes=4-2", "bytes=", "bytes=-", "bytes=--1", "bytes=a-b", "bytes=1", "bytes=1-2-3",
        "lines=0-1", "bytes", "bytes=+1-2", "bytes=1-+2", "bytes=0x1-2", "bytes=١-٢", "bytes=1 -2", "bytes=,",
    ])
    func rangesThatAreNone(_ header: String) async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob()
        let answer = try await api.get("/api/v1/jobs/1/result", "Range: \(header)")
        #expect(answer.status == 200)
        #expect(answer.text == "0123456789")
    }

    @Test(arguments: ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"])
    func rangesOutsideOfTheFile(_ header: String) async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob()
        let answer = try await api.get("/api/v1/jobs/1/result", "Range: \(header)")
        try answer.expectError(416, "range_not_satisfiable")
        #expect(answer.headers["content-range"] == "bytes */10")
    }

    @Test func emptyFileHasNoRange() async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob(video: [])
        #expect(try await api.get("/api/v1/jobs/1/result").body == [])
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            try await api.get("/api/v1/jobs/1/result", "Range: \(header)").expectError(416)
        }
    }

    @Test func rangesApplyOnlyToTheSameFile() async throws {
        let api = try await ServedAPI()
        let tag = ResultRoutes.tag(try await api.doneJob())
        func status(_ condition: String) async throws -> Int {
            try await api.get("/api/v1/jobs/1/result", "Range: bytes=0-1", "If-Range: \(condition)").status
        }
        #expect(try await status(tag) == 206)
        for other in ["\"other\"", "W/\(tag)", "Wed, 25 Nov 2026 13:00:00 GMT", ""] {
            #expect(try await status(other) == 200, "\(other)")
        }
        for known in [tag, "W/\(tag)", "\"a\", \(tag)", "*"] {
            let answer = try await api.get("/api/v1/jobs/1/result", "If-None-Match: \(known)")
            #expect(answer.status == 304 && answer.body.isEmpty, "\(known)")
        }
        #expect(try await api.get("/api/v1/jobs/1/result", "If-None-Match: \"a\"").status == 200)
    }

    @Test func onlyJobsThatAreDoneHaveResults() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        try await api.get("/api/v1/jobs/1/result").expectError(409, "conflict", mention: "queued")
        try await api.get("/api/v1/jobs/1/record").expectError(409, "conflict", mention: "queued")
        try await api.get("/api/v1/jobs/1/captions").expectError(409, "conflict", mention: "queued")
    }

    @Test func missingFiles() async throws {
        let api = try await ServedAPI()
        let job = try await api.doneJob()
        try FileManager.default.removeItem(atPath: job.output)
        try await api.get("/api/v1/jobs/1/result").expectError(404, "not_found", mention: job.output)
        try FileManager.default.createDirectory(atPath: job.output, withIntermediateDirectories: false)
        try await api.get("/api/v1/jobs/1/result").expectError(404, "not_found", mention: "not a regular file")
    }

    /// A user who may write to the output folder could put a link there to a file that only the daemon may read.
    @Test func linksAreNotServed() async throws {
        let api = try await ServedAPI()
        let job = try await api.doneJob()
        try api.folder.write(Array("correct-horse-battery-staple".utf8), to: "token")
        let files = [
            ("result", job.output), ("captions", OutputRegistry.captions(job.output)),
            ("record", OutputRegistry.sidecar(job.output)),
        ]
        for (route, path) in files {
            try FileManager.default.removeItem(atPath: path)
            #expect(symlink(api.folder.file("token"), path) == 0)
            let answer = try await api.get("/api/v1/jobs/1/\(route)")
            try answer.expectError(404, "not_found", mention: "is a link")
            #expect(!answer.text.contains("horse"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give files away"))
    func filesOfOtherUsersAreNotServed() async throws {
        let api = try await ServedAPI()
        let job = try await api.doneJob()
        #expect(chown(job.output, 12_345, 12_345) == 0)
        try await api.get("/api/v1/jobs/1/result").expectError(404, "not_found", mention: "belongs to user 12345")
    }

    @Test(arguments: [
        ("a.mp4", "video/mp4"), ("a.MKV", "video/x-matroska"), ("a.webm", "video/webm"), ("a.mov", "video/quicktime"),
        ("a.ts", "video/mp2t"), ("a.avi", "video/x-msvideo"), ("a", "application/octet-stream"),
    ])
    func containersHaveTypes(_ name: String, _ type: String) {
        #expect(ResultRoutes.contentType("/out/\(name)") == type)
    }

    /// A stalled reader does not keep the daemon from stopping.
    @Test func stopsDespiteASlowReader() async throws {
        var limits = HTTPLimits()
        limits.shutdown = .milliseconds(10)
        let api = try await ServedAPI(limits: limits)
        _ = try await api.doneJob(video: [UInt8](repeating: 7, count: 64 << 20))
        let connection = try LoopbackConnection(port: api.port)
        try await connection.send(Array("GET /api/v1/jobs/1/result HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        try await connection.receive(1)
        try await api.stop()
        #expect(try await connection.receiveAll().count < 64 << 20)
    }
}
