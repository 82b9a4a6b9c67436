import Testing

@testable import DaemonConfiguration

@Suite struct SecretAddressTests {
    @Test(arguments: [
        ("rtsp://cam.example/live", "rtsp://cam.example/live"),
        ("rtsp://admin:hunter2@cam.example:554/live", "rtsp://***@cam.example:554/live"),
        ("rtsp://admin@cam.example/live", "rtsp://***@cam.example/live"),
        ("RTSP://a:b@[fe80::1]:554/x", "RTSP://***@[fe80::1]:554/x"),
        ("rtsp://[fe80::1]:554/a@b", "rtsp://[fe80::1]:554/a@b"), ("http://cam/axis@1", "http://cam/axis@1"),
        ("http://cam:80/x?user=admin&pwd=hunter2", "http://cam:80/x?user=***&pwd=***"),
        ("http://cam/x?hunter2", "http://cam/x?***"), ("http://cam/x#hunter2", "http://cam/x#***"),
        ("http://cam/x?a=hunter2#hunter2", "http://cam/x?a=***#***"),
        ("srt://cam:9000?passphrase=hunter2&mode=caller", "srt://cam:9000?passphrase=***&mode=***"),
        ("rtmp://live.example/app/hunter2", "rtmp://live.example/app/***"),
        ("rtmps://live.example:443/app/hunter2?x=hunter2", "rtmps://live.example:443/app/***?x=***"),
        ("rtmp://live.example/app", "rtmp://live.example/***"),
        // A password that should have been escaped.
        ("rtsp://admin:hunter2/x@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:hunter2?x@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:hunter2#x@cam/live", "rtsp://***@cam/live"),
        ("rtsp://admin:hun@ter2/x@cam/live", "rtsp://***@cam/live"),
        ("/dev/video0", "/dev/video0"), ("/srv/a@b?c=d", "/srv/a@b?c=d"),
    ])
    func showsNoSecrets(_ text: String, _ shown: String) {
        let address = SecretAddress(text)
        #expect(address.text == text)
        #expect(address.redacted == shown)
        var dumped = ""
        dump(address, to: &dumped)
        for printed in ["\(address)", String(reflecting: address), String(describing: [address]), dumped] {
            #expect(!printed.contains("hunter2"))
        }
    }

    @Test func takesItselfOutOfOtherWords() {
        let address = SecretAddress("rtsp://admin:hunter2@cam.example/live?k=hunter3")
        #expect(
            address.hide(in: "rtsp://admin:hunter2@cam.example/live?k=hunter3: refused by admin:hunter2@cam.example")
                == "rtsp://***@cam.example/live?k=***: refused by ***@cam.example")
        #expect(SecretAddress("rtsp://cam/live").hide(in: "rtsp://cam/live: refused") == "rtsp://cam/live: refused")
    }

    @Test(arguments: [
        ("rtsp://a", "rtsp"), ("HTTP://a", "http"), ("/dev/video0", nil), ("://a", nil), ("a b://c", nil),
        ("cam.example/live", nil),
    ])
    func schemes(_ text: String, _ scheme: String?) {
        #expect(SecretAddress(text).scheme == scheme)
    }
}
