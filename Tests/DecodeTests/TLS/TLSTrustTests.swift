import CGnuTLS
import Testing

@testable import Decode

struct TLSTrustTests {
    @Test func failureDescriptions() {
        let status = GNUTLS_CERT_INVALID.rawValue | GNUTLS_CERT_EXPIRED.rawValue | GNUTLS_CERT_UNEXPECTED_OWNER.rawValue
        #expect(TLSVerification.failures(status) == ["is for another name than the address has", "has expired"])
        #expect(TLSVerification.failures(GNUTLS_CERT_INVALID.rawValue) == ["cannot be verified"])
    }

    @Test(arguments: [
        ("rtsps://cam/x", "cam", 322), ("rtsps://u:p@cam:8322/x", "cam", 8322), ("https://[fe80::1]/x", "fe80::1", 443),
        ("https://[fe80::1]:8443/x", "fe80::1", 8443), ("rtmps://cam/a/b", "cam", 443),
    ])
    func hostsOfSecureAddresses(text: String, host: String, port: Int) throws {
        let found = try #require(StreamAddress(text).network?.secureHost)
        #expect(found.host == host && found.port == port)
    }

    @Test(arguments: ["rtsp://cam/x", "http://cam:443/x", "srt://cam:1", "udp://cam:1"])
    func addressesWithoutTLS(text: String) throws {
        #expect(try StreamAddress(text).network?.secureHost == nil)
    }

    @Test(arguments: [("/live/key", "live"), ("/a/b/key", "a/b"), ("/a/b/c/key", "a/b"), ("/key", "")])
    func applicationsOfRTMP(path: String, application: String) throws {
        #expect(try StreamAddress("rtmps://host\(path)").network?.application == application)
    }
}
