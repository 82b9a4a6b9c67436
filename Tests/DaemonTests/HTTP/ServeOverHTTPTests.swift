import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// `serve` through the built command, used only over HTTP.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct ServeOverHTTPTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
    }

    private func serve(port: Int, _ http: String = "") throws -> RunningCommand {
        let yaml = """
            state: \(folder.file("state"))
            http: {port: \(port), \(http)}
            logging: {format: json}
            folders:
              in: {folder: \(folder.file("in")), output: \(folder.file("out")), settle: 0}
            """
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
        return try RunningCommand(CommandRun.builtCommand, ["serve", "--config", folder.file("saliencyd.yaml")])
    }

    /// A port that is not in use at the moment.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    @Test func fromAnUploadToItsVideo() async throws {
        let client = PortClient(port: try Self.freePort())
        let daemon = try serve(port: client.port)
        #expect(await daemon.waitForStandardError(containing: "answering over HTTP"))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", folder.file("clip.mp4")])
        let uploaded = try await client.request(
            "POST", "/api/v1/folders/in/files/clip.mp4?wait=60", body: try folder.bytes(of: "clip.mp4"))
        #expect(uploaded.status == 201, "\(uploaded.text)")
        let id = try #require(try uploaded.json()["job"] as? Int)
        var state = ""
        while ["", "queued", "running"].contains(state) {
            state = try #require(try await client.get("/api/v1/jobs/\(id)?wait=60").json()["state"] as? String)
        }
        #expect(state == "done")
        let video = try await client.get("/api/v1/jobs/\(id)/result")
        #expect(video.headers["content-type"] == "video/mp4")
        #expect(try MediaFactory.countedFrames(try folder.write(video.body, to: "result.mp4")) == 25)
        #expect(try await client.get("/api/v1/jobs/\(id)/record").json()["windows"] != nil)
        #expect(try await client.get("/readyz").status == 200)
        let metrics = try await client.get("/metrics").text
        #expect(metrics.contains(#"route="/api/v1/jobs/{id}/result",status="2xx"} 1"#), "\(metrics)")
        daemon.send(SIGTERM)
        let run = await daemon.end()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("\"stopped\""))
    }

    @Test func aPortInUse() async throws {
        let other = try HTTPServer()
        let run = await (try serve(port: Int(other.port))).end()
        #expect(run.status == 69, "\(run.standardError)")
        #expect(
            run.standardError.contains("127.0.0.1 port \(other.port): cannot be bound: Address already in use"))
        withExtendedLifetime(other) {}
    }

    @Test func anInvalidToken() async throws {
        try folder.write(Array("short\n".utf8), to: "token")
        let run = await (try serve(port: 0, "token-file: \(folder.file("token"))")).end()
        #expect(run.status == 78, "\(run.standardError)")
        #expect(run.standardError.contains("token:1: http.token-file"), "\(run.standardError)")
    }

    @Test func tokensAreReadAgain() async throws {
        let (old, new) = ("a-token-of-the-first-kind", "a-token-of-the-second-kind")
        try folder.write(Array(old.utf8), to: "token")
        let client = PortClient(port: try Self.freePort())
        let daemon = try serve(port: client.port, "token-file: \(folder.file("token"))")
        #expect(await daemon.waitForStandardError(containing: "\"ready\""))
        #expect(await daemon.waitForStandardError(containing: "answering over HTTP"))
        #expect(try await client.get("/readyz", "Authorization: Bearer \(old)").status == 200)
        try folder.write(Array("short".utf8), to: "token")
        daemon.send(SIGHUP)
        #expect(await daemon.waitForStandardError(containing: "the configuration stays as it was"))
        #expect(try await client.get("/readyz", "Authorization: Bearer \(old)").status == 200)
        try folder.write(Array(new.utf8), to: "token")
        daemon.send(SIGHUP)
        #expect(await daemon.waitForStandardError(containing: "configuration reloaded"))
        try await client.get("/readyz", "Authorization: Bearer \(old)").expectError(401)
        #expect(try await client.get("/readyz", "Authorization: Bearer \(new)").status == 200)
        daemon.send(SIGTERM)
        _ = await daemon.end()
    }
}
