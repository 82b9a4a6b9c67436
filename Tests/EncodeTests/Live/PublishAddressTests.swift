import Decode
import Testing

@testable import Encode

@Suite struct PublishAddressTests {
    @Test(
        "Secrets are never shown",
        arguments: [
            ("rtmp://bob:se:cr@et@host:1935/app", nil, nil, "rtmp://host:1935/app"),
            ("rtmp://host/live2/SECRET", nil, nil, "rtmp://host/live2/***"),
            ("rtmps://host/app/SECRET?key=SECRET&x", nil, nil, "rtmps://host/app/***?key=***&***"),
            ("rtsp://host/path", "bob", "SECRET", "rtsp://host/path"),
            ("RTSP://bob:SECRET/1@host/path", nil, nil, "rtsp://host/path"),
            ("rtsp://bob:SECRET?1@host/path", nil, nil, "rtsp://***"),
            (
                "srt://host:9000?passphrase=SECRETSECRET&mode=caller", nil, nil,
                "srt://host:9000?passphrase=***&mode=***"
            ),
            ("srt://host:9000", nil, "SECRETSECRET", "srt://host:9000"),
            ("udp://127.0.0.1:1234", nil, nil, "udp://127.0.0.1:1234"),
            ("/var/lib/hls", nil, nil, "/var/lib/hls"),
        ] as [(String, String?, String?, String)])
    func secretsAreHidden(_ text: String, _ user: String?, _ password: String?, _ shown: String) throws {
        let address = try PublishAddress(text, user: user, password: password)
        #expect(address.description == shown)
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), String(reflecting: [address as Any]), dumped] {
            #expect(text.contains(shown) && !text.contains("SECRET") && !text.contains("cr@et"))
        }
    }

    @Test(
        "Credentials are encoded as FFmpeg expects",
        arguments: [
            ("rtsp://old:one@host/path", "bob", "p:a/s@s é", "rtsp://bob:p%3Aa%2Fs%40s%20%C3%A9@host/path"),
            ("rtsp://host", "bob", nil, "rtsp://bob:@host"),
            ("rtmp://host/app/key", "bob", "p:a@ss", "rtmp://bob:p:a@ss@host/app/key"),
            ("srt://host:9000", nil, "a b+c", "srt://host:9000?passphrase=a%20b%2Bc"),
            ("srt://host:9000?mode=caller", nil, "abc", "srt://host:9000?mode=caller&passphrase=abc"),
            ("udp://host:9000", nil, nil, "udp://host:9000?pkt_size=1316"),
            ("udp://host:9000?ttl=2&pkt_size=188", nil, nil, "udp://host:9000?ttl=2&pkt_size=188"),
        ] as [(String, String?, String?, String)])
    func credentialsAreEncoded(_ text: String, _ user: String?, _ password: String?, _ url: String) throws {
        #expect(try PublishAddress(text, user: user, password: password).url == url)
    }

    @Test(
        "Addresses that cannot be used are refused",
        arguments: [
            ("", nil, nil), ("http://host/SECRET", nil, nil), ("file:///etc/passwd", nil, nil), ("rtmp://", nil, nil),
            ("rtsp:///path", nil, nil), ("rtmp://host/a", "bob", "SECRET/"), ("rtmp://host/a", "b:ob", "SECRET"),
            ("udp://host:1", nil, "SECRET"), ("srt://host:1", "bob", "SECRET"), ("/folder", "bob", "SECRET"),
            ("rtsp://host/\r\nSECRET", nil, nil), ("rtsp://host", "bob", "SECRET\n"),
        ] as [(String, String?, String?)])
    func othersAreRefused(_ text: String, _ user: String?, _ password: String?) {
        do {
            _ = try PublishAddress(text, user: user, password: password)
            Issue.record("was taken")
        } catch {
            #expect(error.code == .refused)
            #expect(!error.description.contains("SECRET") || text.hasPrefix("http") || text.contains("\r"))
        }
    }
}
