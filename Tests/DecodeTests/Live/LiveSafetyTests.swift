import CFFmpeg
import Concurrency
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Decode

/// Files and services that a stream must not reach, and secrets that must not be shown.
@Suite(.hangLimit)
struct LiveSafetyTests {
    private func failure(_ url: String, _ options: LiveOptions = .test(), password: String? = nil) -> MediaError? {
        #expect(throws: MediaError.self) {
            _ = try LiveSource(
                StreamAddress(url, user: password.map { _ in "user" }, password: password), options: options)
        }
    }

    /// A playlist must not refer to files of this machine.
    @Test(arguments: ["", "file://", "file:", "subfile,,start,0,end,0,,:", "concat:", "crypto+file://"])
    func playlistsReachNoFiles(scheme: String) throws {
        let directory = try TemporaryDirectory()
        let clip = try LiveMaterial.path(directory, "a.ts")
        let list = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n\(scheme)\(clip)\n#EXT-X-ENDLIST\n"
        let server = try HTTPServer()
        server.serve("/i.m3u8", Array(list.utf8))
        #expect(failure(server.url + "/i.m3u8") != nil)
    }

    /// The same playlist and clip are played over HTTP: only references to files are refused.
    @Test func playlistsReachTheirServer() throws {
        let server = try HTTPServer()
        server.serve("/i.m3u8", Array("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n".utf8))
        server.serve("/a.ts", try LiveMaterial.stream())
        let source = try LiveSource(
            StreamAddress(server.url + "/i.m3u8"), options: .test(), cancellation: Cancellation(), wait: FakeTime().wait
        )
        #expect(LiveReading(source).frames.count == 50)
    }

    @Test(arguments: ["file:///etc/passwd", "/etc/passwd", "unix:/run/x", "tcp://127.0.0.1:1"])
    func redirectionsReachNothingElse(target: String) throws {
        let server = try HTTPServer()
        server.serve("/live", [], .redirect(target))
        #expect(failure(server.url + "/live") != nil)
    }

    @Test func passwordsReachOnlyTheServer() throws {
        let server = try StreamServer { connection in
            _ = connection.receive()
            connection.send(
                Array(
                    "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .utf8))
        }
        let error = failure("http://127.0.0.1:\(server.port)/live?token=SECRET", password: "SECRET@/:%")
        #expect(error?.code == .accessDenied)
        #expect(error.map { !"\($0)\(String(reflecting: $0))".contains("SECRET") } ?? false)
    }

    @Test func basicAuthenticationIsSentUnchanged() throws {
        let bytes = try LiveMaterial.stream()
        let answered = Mutex<[String]>([])
        let server = try StreamServer { connection in
            let head = String(decoding: connection.receive() ?? [], as: UTF8.self)
            answered.withLock { $0.append(head) }
            guard head.contains("Authorization: Basic ") else {
                connection.send(
                    Array(
                        "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\n\r\n".utf8))
                return
            }
            connection.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + bytes)
        }
        let address = try StreamAddress("http://127.0.0.1:\(server.port)/live", user: "a b", password: "x/@:é%41")
        let source = try LiveSource(address, options: .test())
        #expect(LiveReading(source).frames.count == 50)
        let expected = Data("a b:x/@:é%41".utf8).base64EncodedString()
        #expect(answered.withLock { $0.last?.contains("Authorization: Basic \(expected)\r\n") } == true)
        #expect(!"\(source.properties)".contains("x/@"))
    }

    @Test func bigFramesAreRefused() throws {
        var options = LiveOptions.test()
        options.input.maximumPixels = 1000
        let server = try HTTPServer()
        server.serve("/live", try LiveMaterial.stream())
        #expect(failure(server.url + "/live", options)?.code == .refused)
    }

    @Test func devicesAreKnownOnceTheirLibraryIsLoaded() {
        #expect(VideoDevices.isLoaded)
        #expect(av_find_input_format("video4linux2") != nil)
    }

    @Test func onlyCamerasAreDevices() {
        #expect(
            failure("/dev/video77")?.description == "v4l2:/dev/video77: cannot be opened: No such file or directory")
        #expect(failure("v4l2:/dev/null")?.code == .refused)
        #expect(failure("v4l2:/etc/passwd")?.code == .refused)
        #expect(failure("loop:/dev/null")?.code == .refused)
        for kind in StreamAddress.Kind.allCases where kind != .v4l2 {
            let text =
                switch kind {
                case .loop: "loop:/a"
                case .hls: "http://h/i.m3u8"
                case .snapshot: "http://h/a.jpg"
                default: "\(kind)://h:1/a"
                }
            guard let request = try? StreamAddress(text).request(LiveOptions()) else {
                Issue.record("\(text) is an address")
                continue
            }
            #expect(!request.containers.contains { $0.contains("video4linux2") || $0 == "lavfi" || $0 == "concat" })
            #expect(request.protocols.contains("file") == (kind == .loop))
        }
    }
}
