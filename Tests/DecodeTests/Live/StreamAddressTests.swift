import Media
import TestSupport
import Testing

@testable import Decode

struct StreamAddressTests {
    @Test(arguments: [
        ("rtsp://cam/stream1", StreamAddress.Kind.rtsp, "rtsp://cam/stream1"),
        ("RTSPS://cam:322/s?channel=1&subtype=0", .rtsp, "rtsps://cam:322/s?channel=…&subtype=…"),
        ("rtmp://host:1935/app/key", .rtmp, "rtmp://host:1935/app/…"),
        ("rtmps://host/app/key?x=1", .rtmp, "rtmps://host/app/…?x=…"), ("rtmp://host", .rtmp, "rtmp://host"),
        ("https://host/live/index.m3u8?token=abc", .hls, "https://host/live/index.m3u8?token=…"),
        ("http://host/video.ts", .http, "http://host/video.ts"),
        ("http://host/x?file=a.m3u8", .http, "http://host/x?file=…"),
        ("http://host?secret", .http, "http://host?…"),
        ("udp://239.0.0.1:5000?localaddr=10.0.0.1", .udp, "udp://239.0.0.1:5000?localaddr=…"),
        ("udp://@:5000", .udp, "udp://:5000"),
        ("srt://host:9000?streamid=a", .srt, "srt://host:9000?streamid=…"),
        ("rtsp://[fe80::1]:554/s", .rtsp, "rtsp://[fe80::1]:554/s"),
        ("http://u:p@cam/now.JPG", .snapshot, "http://cam/now.JPG"),
        ("snapshot+https://u:p@cam/cgi?channel=1", .snapshot, "snapshot+https://cam/cgi?channel=…"),
        ("/dev/video0", .v4l2, "v4l2:/dev/video0"),
        ("v4l2:/dev/video1", .v4l2, "v4l2:/dev/video1"),
        ("loop:/a folder/@clip#1.mp4", .loop, "loop:/a folder/@clip#1.mp4"),
        ("http://host/ä b", .http, "http://host/%C3%A4%20b"),
    ])
    func addressesOfEveryKind(text: String, kind: StreamAddress.Kind, shown: String) throws {
        let address = try StreamAddress(text)
        #expect(address.kind == kind)
        #expect(address.redacted == shown)
        #expect("\(address)" == shown)
    }

    @Test func queriesReachFFmpegWhole() throws {
        #expect(try StreamAddress("https://host/i.m3u8?token=abc%20d").target == "https://host/i.m3u8?token=abc%20d")
        #expect(try StreamAddress("/dev/video0").target == "/dev/video0")
    }

    @Test func credentialsAreEncodedForFFmpeg() throws {
        let address = try StreamAddress("rtsp://admin:p%40ss@cam/s")
        #expect(address.redacted == "rtsp://cam/s")
        #expect(address.target == "rtsp://admin:p%40ss@cam/s")
        #expect(
            try StreamAddress("rtsp://cam/s", user: "a b", password: "x/@:é%").target
                == "rtsp://a%20b:x%2F%40%3A%C3%A9%25@cam/s")
        #expect(try StreamAddress("rtsp://old:older@cam/s", password: "new").target == "rtsp://old:new@cam/s")
        // A percent sign that does not begin an escape, and an @ before the last one.
        #expect(try StreamAddress("rtsp://u:100%@p@cam/s").target == "rtsp://u:100%25%40p@cam/s")
        #expect(try StreamAddress("rtsp://user@cam/s").target == "rtsp://user@cam/s")
        // FFmpeg's RTMP does not decode escapes.
        #expect(try StreamAddress("rtmp://h/a/b", user: "u", password: "p@:%41").target == "rtmp://u:p@:%41@h/a/b")
        let srt = try StreamAddress("srt://h:9000", password: "0123456789")
        #expect(srt.passphrase == "0123456789" && srt.target == "srt://h:9000")
    }

    @Test(arguments: [
        "", "cam", "://cam", "ftp://cam/x", "file:///etc/passwd", "concat:a|b", "rtsp://", "rtsp:///s",
        "rtsp://cam:0/s",
        "rtsp://cam:70000/s", "rtsp://cam:12a/s", "rtsp://u:pa/ss@cam/s", "rtsp://u:pa?ss@cam/s", "rtsp://u:1#ss@cam/s",
        "rtsp://u:12/ss@cam/s", "rtsp://u:12?ss@cam/s",
        "rtsp://cam/s#x", "rtsp://ca m/s", "rtsp://cam/s\r\nHost: x", "rtsp://a%0Ab@cam/s", "udp://u:p@h:1", "loop:",
        "v4l2:", "rtsp://[::1/s", "rtsp://[zz]/s", "rtsp://kamera-ä/s", "http:///dev/video0",
        "snapshot+rtsp://cam/s", "snapshot+://cam", "snapshot+/dev/video0",
    ])
    func othersAreRefused(text: String) {
        let error = #expect(throws: MediaError.self) { try StreamAddress(text) }
        #expect(error?.code == .refused)
        #expect(error?.file == nil)
    }

    @Test func credentialsThatCannotBeSentAreRefused() {
        let long = String(repeating: "ü", count: 40)
        for (text, user, password) in [
            ("rtsp://cam/s", "a:b", "c"), ("rtsp://cam/s", "a", long), ("rtmp://h/a", "u", "a/b"),
            ("rtmp://h/a", "u", String(repeating: "x", count: 50)), ("rtsp://cam/s", "a", "b\u{0}c"),
            ("srt://h:1", "u", "0123456789"), ("srt://h:1", nil, "short"), ("loop:/a", nil, "p"),
            ("/dev/video0", "u", nil), ("http://" + String(repeating: "x", count: 1000), nil, nil),
        ] as [(String, String?, String?)] {
            let error = #expect(throws: MediaError.self) { try StreamAddress(text, user: user, password: password) }
            #expect(error?.code == .refused)
        }
    }

    /// Whatever characters a password has, no printable description contains it or a part of it.
    @Test(arguments: 0..<300)
    func passwordsAreNeverShown(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let pieces = [
            "SECRET", "@", ":", "/", "?", "#", "%", "%40", "%2", "&", "=", " ", "ü", "\\", "[", "]", "\u{0}", "\n",
        ]
        let word = (0..<Int.random(in: 1...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        let password = "SECRET" + word.joined() + "SECRET"
        let scheme = ["rtsp", "rtmp", "http", "udp", "srt", "nothing"][seed % 6]
        let query = seed % 2 == 0 ? "" : "?key=SECRET&SECRET"
        var shown: [String] = []
        for text in ["\(scheme)://user:\(password)@cam:55/s\(query)", "\(scheme)://cam:55/s\(query)"] {
            do throws(MediaError) {
                let address = try StreamAddress(text, user: "user", password: seed % 3 == 0 ? password : nil)
                var dumped = ""
                dump(address, to: &dumped)
                let error = MediaError(.cannotOpen, "cannot be opened", file: address.redacted)
                shown += [
                    "\(address)", String(reflecting: address), String(describing: Optional(address)), dumped,
                    "\([address])", "\(error)", String(reflecting: Mirror(reflecting: address).children.map(\.value)),
                ]
            } catch {
                shown += ["\(error)", String(reflecting: error)]
            }
        }
        for text in shown { #expect(!text.contains("SECRET") && !text.contains("user:")) }
    }
}
