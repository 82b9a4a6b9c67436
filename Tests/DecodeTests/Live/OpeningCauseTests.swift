import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// The messages about why a stream cannot be opened.
@Suite(.hangLimit) struct OpeningCauseTests {
    private func failure(_ url: String, _ change: (inout LiveOptions) -> Void = { _ in }) throws -> MediaError {
        var options = LiveOptions.test()
        change(&options)
        return try #require(throws: MediaError.self) { _ = try LiveSource(StreamAddress(url), options: options) }
    }

    @Test(arguments: ["rtsp", "rtsps", "http", "https", "rtmp", "udp", "srt"])
    func unknownHostName(scheme: String) throws {
        let error = try failure("\(scheme)://no-such-camera.invalid:4567/live/x")
        #expect(error.code == .cannotOpen)
        #expect(error.reason.hasPrefix("its host cannot be found ("), "\(error)")
        #expect(error.underlyingCode == nil)
    }

    @Test func wrongPassword() throws {
        var script = RTSPServer.Script()
        script.login = Data("user:right".utf8).base64EncodedString()
        let camera = try RTSPServer([], script: script)
        let refused = try failure("rtsp://user:wrong@127.0.0.1:\(camera.port)/live")
        #expect(refused.code == .accessDenied && refused.reason.contains("is refused (401)"), "\(refused)")
        #expect(!"\(refused)".contains("wrong"))
        // One attempt sends one request.
        #expect(camera.requests.count { $0.contains("Authorization:") } == 1)
        let missing = try failure("rtsp://127.0.0.1:\(camera.port)/live")
        #expect(missing.code == .accessDenied && missing.reason.contains("set user"), "\(missing)")
    }

    @Test(arguments: [
        (401, MediaError.Code.accessDenied), (403, .accessDenied), (404, .cannotOpen), (500, .cannotOpen),
    ])
    func statusOfAServer(status: Int, code: MediaError.Code) throws {
        let server = try HTTPServer()
        server.serve("/live", [], .status(status))
        let error = try failure("http://127.0.0.1:\(server.port)/live")
        #expect(error.code == code)
        #expect(status == 500 || error.reason.contains("(\(status))"), "\(error)")
    }

    @Test func unsupportedTransport() throws {
        let camera = try RTSPServer([])
        let error = try failure("rtsp://127.0.0.1:\(camera.port)/live") { $0.transport = .udp }
        #expect(error.reason == "the server does not send by udp; set transport to automatic")
    }

    @Test func noSupportedTransport() throws {
        var script = RTSPServer.Script()
        script.refusesTCP = true
        let camera = try RTSPServer([], script: script)
        let error = try failure("rtsp://127.0.0.1:\(camera.port)/live")
        #expect(error.reason == "the server sends neither by tcp nor by udp or multicast")
        let asked = camera.requests.filter { $0.hasPrefix("SETUP") }
        #expect(asked.count == 3)
        #expect(asked.first?.contains("RTP/AVP/TCP") == true && asked.last?.contains("multicast") == true)
    }

    @Test func refusedConnection() throws {
        let error = try failure("rtsp://127.0.0.1:\(Loopback.freePort())/live")
        #expect(error.description.hasSuffix("cannot be opened (Connection refused)"), "\(error)")
    }

    /// Only libsrt knows the reason, and reports it only in its log.
    @Test func wrongPassphrase() throws {
        let port = try Loopback.freePort(SOCK_DGRAM)
        let listener = Process()
        listener.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        listener.arguments = [
            "ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=10", "-f", "mpegts",
            "srt://127.0.0.1:\(port)?mode=listener&passphrase=rightrightright&pbkeylen=16",
        ]
        listener.standardOutput = FileHandle.nullDevice
        listener.standardError = FileHandle.nullDevice
        try listener.run()
        // While it waits for a caller, ffmpeg does not react to SIGTERM.
        defer { kill(listener.processIdentifier, SIGKILL) }
        // Nothing answers until it listens.
        var error: MediaError?
        for _ in 0..<30 where error?.code != .accessDenied {
            let address = try StreamAddress("srt://127.0.0.1:\(port)", password: "wrongwrongwrong")
            error = #expect(throws: MediaError.self) { _ = try LiveSource(address, options: .test()) }
        }
        #expect(error?.reason == "the passphrase is refused; check the password that is set for it")
    }
}
