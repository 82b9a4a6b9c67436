import Concurrency
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Decode

/// Addresses of one JPEG image, requested repeatedly.
@Suite(.hangLimit) struct SnapshotTests {
    private static func options(_ interval: Double = 0.05, stall: Double = Double(HangLimit.wait)) -> LiveOptions {
        var options = LiveOptions.test(stall: stall)
        options.snapshotInterval = interval
        return options
    }

    private static func jpeg(_ filter: String = "testsrc2=s=96x64") throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.jpg")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", filter, "-frames:v", "1", "-update", "1", "-pix_fmt", "yuvj420p", path,
        ])
        return try LiveMaterial.bytes(path)
    }

    @Test func eachRequestGivesAFrame() throws {
        let server = try HTTPServer()
        server.serve("/now.jpg", try Self.jpeg())
        let begin = ContinuousClock.now
        let source = try LiveSource(StreamAddress(server.url + "/now.jpg"), options: Self.options())
        #expect(source.properties.width == 96 && source.properties.height == 64)
        #expect(source.properties.name == server.url + "/now.jpg")
        // Opening does not wait for a second frame.
        #expect(server.requests.count == 1)
        let reading = LiveReading(source, limit: 5)
        #expect(reading.error == nil && reading.frames.count == 5 && server.requests.count == 5)
        #expect(reading.isIncreasing && source.damagedFrames == 0)
        // Never more often than asked for: there are four intervals between five requests.
        #expect(ContinuousClock.now - begin >= .milliseconds(200))
    }

    @Test func theUserLogsIn() throws {
        let jpeg = try Self.jpeg()
        let login = "Authorization: Basic " + Data("viewer:a b".utf8).base64EncodedString()
        let asked = Mutex<[String]>([])
        let server = try StreamServer { connection in
            guard let request = connection.request() else { return }
            asked.withLock { $0.append(String(request.prefix { $0 != "\r\n" })) }
            guard request.contains(login) else {
                return connection.answer("401 Unauthorized", ["WWW-Authenticate: Basic realm=\"camera\""])
            }
            connection.beginAnswer(type: "image/jpeg")
            connection.send(jpeg)
        }
        let url = "snapshot+http://127.0.0.1:\(server.port)/cgi?channel=1"
        let source = try LiveSource(
            StreamAddress(url, user: "viewer", password: "a b"), options: Self.options())
        #expect(source.properties.name == "snapshot+http://127.0.0.1:\(server.port)/cgi?channel=…")
        #expect(asked.withLock { $0 } == ["GET /cgi?channel=1 HTTP/1.1", "GET /cgi?channel=1 HTTP/1.1"])
        let error = #expect(throws: MediaError.self) {
            _ = try LiveSource(StreamAddress(url, user: "viewer", password: "wrong"), options: Self.options())
        }
        #expect(error?.code == .accessDenied && !"\(String(describing: error))".contains("wrong"))
    }

    /// For example because the server is restarted.
    @Test func failedRequestIsRepeated() throws {
        let jpeg = try Self.jpeg()
        let server = try HTTPServer()
        server.serve(
            "/now.jpg", jpeg, .complete, .status(500), .cut(after: jpeg.count / 2), .status(503), .complete)
        let reading = LiveReading(
            try LiveSource(StreamAddress(server.url + "/now.jpg"), options: Self.options()), limit: 3)
        #expect(reading.error == nil && reading.frames.count == 3)
        #expect(server.requests.count == 6)
        #expect(!reading.frames.contains { $0.frame.isCorrupt })
    }

    @Test(arguments: [
        (401, MediaError.Code.accessDenied), (403, .accessDenied), (404, .cannotOpen), (500, .cannotOpen),
    ])
    func statusOfTheServerIsReported(status: Int, code: MediaError.Code) throws {
        let server = try HTTPServer()
        server.serve("/now.jpg", [], .status(status))
        let error = #expect(throws: MediaError.self) {
            _ = try LiveSource(StreamAddress(server.url + "/now.jpg"), options: Self.options())
        }
        #expect(error?.code == code)
    }

    @Test func contentThatIsNotJPEGIsReported() throws {
        let server = try HTTPServer()
        server.serve("/now.jpg", Array("<html>".utf8))
        let error = #expect(throws: MediaError.self) {
            _ = try LiveSource(StreamAddress(server.url + "/now.jpg"), options: Self.options())
        }
        #expect(error?.code == .notMedia)
        #expect(error?.reason == "the server's answer is not a JPEG; check the address")
    }

    @Test func endlessResponseIsRefused() throws {
        let chunk = [UInt8](repeating: 0xFF, count: 1 << 20)
        let server = try StreamServer { connection in
            connection.beginHTTP(type: "image/jpeg")
            while connection.send(chunk) {}
        }
        let error = #expect(throws: MediaError.self) {
            _ = try LiveSource(StreamAddress("http://127.0.0.1:\(server.port)/now.jpg"), options: Self.options())
        }
        #expect(error?.code == .notMedia)
    }

    @Test func silenceIsAStall() throws {
        let server = try HTTPServer()
        server.serve("/now.jpg", try Self.jpeg(), .complete, .silence)
        let reading = LiveReading(
            try LiveSource(StreamAddress(server.url + "/now.jpg"), options: Self.options(stall: 0.5)))
        #expect(reading.error?.code == .stalled && reading.frames.count == 1)
    }

    @Test func cancellationEndsTheWait() throws {
        let server = try HTTPServer()
        server.serve("/now.jpg", try Self.jpeg())
        let cancellation = Cancellation()
        let source = try LiveSource(
            StreamAddress(server.url + "/now.jpg"), options: Self.options(3600), cancellation: cancellation)
        _ = try source.next()
        cancellation.cancel()
        let error = #expect(throws: MediaError.self) { _ = try source.next() }
        #expect(error?.code == .cancelled)
    }
}
