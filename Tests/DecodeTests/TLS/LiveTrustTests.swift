import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// Which servers a live stream over TLS is accepted from.
@Suite(.hangLimit) struct LiveTrustTests {
    private let directory: TemporaryDirectory
    private let certificate: TestCertificate
    private let server: HTTPServer

    init() throws {
        directory = try TemporaryDirectory()
        certificate = try TestCertificate(directory)
        server = try HTTPServer()
        server.serve("/live", try LiveMaterial.stream(seconds: 1))
    }

    private func open(_ url: String, _ trust: TLSTrust) throws -> LiveSource {
        var options = LiveOptions.test()
        options.trust = trust
        return try LiveSource(StreamAddress(url), options: options)
    }

    private func failure(_ url: String, _ trust: TLSTrust) throws -> MediaError {
        try #require(throws: MediaError.self) { _ = try open(url, trust) }
    }

    private func trust(_ text: String) throws -> TLSTrust { try #require(TLSTrust.fingerprint(text: text)) }

    /// The error names the fault and the remedy, and the password is not sent.
    @Test func untrustedCertificateIsRefused() throws {
        let front = try TLSFront(to: server.port, certificate)
        let error = try failure("https://user:hunter2@127.0.0.1:\(front.port)/live", .verified(authorities: nil))
        #expect(error.code == .untrusted)
        #expect(error.reason.contains("no authority that is trusted here"))
        #expect(error.reason.contains(certificate.fingerprint))
        #expect(front.bytesHeard == 0 && server.requests.isEmpty)
    }

    @Test func configuredAuthorityIsAccepted() throws {
        let front = try TLSFront(to: server.port, certificate)
        let source = try open(
            "https://127.0.0.1:\(front.port)/live", .verified(authorities: certificate.certificate))
        #expect(LiveReading(source).frames.count == 25)
    }

    @Test(arguments: ["https", "rtsps"]) func anotherNameIsRefused(scheme: String) throws {
        let other = try TestCertificate(directory, "other", names: "DNS:camera.example")
        let front = try TLSFront(to: server.port, other)
        let error = try failure(
            "\(scheme)://127.0.0.1:\(front.port)/live", .verified(authorities: other.certificate))
        #expect(error.code == .untrusted && error.reason.contains("another name"), "\(error)")
        #expect(front.bytesHeard == 0)
    }

    @Test func matchingFingerprintIsEnough() throws {
        // Neither the name nor the issuer matters.
        let other = try TestCertificate(directory, "other", names: "DNS:camera.example")
        let front = try TLSFront(to: server.port, other)
        let source = try open("https://127.0.0.1:\(front.port)/live", trust(other.fingerprint))
        #expect(LiveReading(source).frames.count == 25)
        // The request names the server of the address, not the local relay.
        #expect(server.requests.last?.headers["host"] == "127.0.0.1:\(front.port)")
    }

    @Test func anotherFingerprintIsRefused() throws {
        let other = try TestCertificate(directory, "other")
        let front = try TLSFront(to: server.port, certificate)
        let error = try failure("https://u:hunter2@127.0.0.1:\(front.port)/live", trust(other.fingerprint))
        #expect(error.code == .untrusted && error.reason.contains(certificate.fingerprint), "\(error)")
        #expect(front.bytesHeard == 0)
    }

    @Test func anyCertificateIsAcceptedOnRequest() throws {
        let front = try TLSFront(to: server.port, certificate)
        #expect(LiveReading(try open("https://127.0.0.1:\(front.port)/live", .any)).frames.count == 25)
    }

    /// FFmpeg's RTSP does not verify certificates.
    @Test func aCamerasCertificateIsChecked() throws {
        var script = RTSPServer.Script()
        script.login = Data("user:hunter2".utf8).base64EncodedString()
        let camera = try RTSPServer(LiveMaterial.stream(seconds: 1), script: script)
        let front = try TLSFront(to: camera.port, certificate)
        let url = "rtsps://user:hunter2@127.0.0.1:\(front.port)/live"
        let error = try failure(url, .verified(authorities: nil))
        #expect(error.code == .untrusted && error.reason.contains(certificate.fingerprint), "\(error)")
        #expect(camera.requests.isEmpty && front.bytesHeard == 0)
        let fingerprint = try trust(certificate.fingerprint)
        let trusts: [TLSTrust] = [.verified(authorities: certificate.certificate), fingerprint, .any]
        for trust in trusts {
            let source = try open(url, trust)
            #expect(source.properties.name == "rtsps://127.0.0.1:\(front.port)/live")
            #expect(LiveReading(source).frames.count >= 20)
        }
    }

    /// The server is verified for every segment, not only for the playlist.
    @Test func segmentsOfAPlaylistAreVerifiedToo() throws {
        let stranger = try TestCertificate(directory, "stranger")
        let front = try TLSFront(to: server.port, certificate)
        let elsewhere = try TLSFront(to: server.port, stranger)
        func list(_ port: UInt16) -> [UInt8] {
            Array(
                "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nhttps://127.0.0.1:\(port)/live.ts\n#EXT-X-ENDLIST\n".utf8
            )
        }
        // FFmpeg accepts only segments whose names have a media file's extension.
        server.serve("/live.ts", try LiveMaterial.stream(seconds: 1))
        server.serve("/good.m3u8", list(front.port))
        server.serve("/bad.m3u8", list(elsewhere.port))
        let trust = TLSTrust.verified(authorities: certificate.certificate)
        #expect(LiveReading(try open("https://127.0.0.1:\(front.port)/good.m3u8", trust)).frames.count == 25)
        let error = try failure("https://127.0.0.1:\(front.port)/bad.m3u8", trust)
        #expect(error.code == .untrusted, "\(error)")
        #expect(elsewhere.bytesHeard == 0)
    }

    @Test func fileWithoutAuthoritiesIsRefused() throws {
        try directory.write(Array("nothing".utf8), to: "empty.pem")
        let front = try TLSFront(to: server.port, certificate)
        let error = try failure(
            "rtsps://127.0.0.1:\(front.port)/live", .verified(authorities: directory.file("empty.pem")))
        #expect(error.reason.contains("holds no certificate"))
    }

    @Test func portWithoutTLS() throws {
        let error = try failure("rtsps://127.0.0.1:\(server.port)/live", .verified(authorities: nil))
        #expect(error.code == .cannotOpen && error.reason.contains("TLS"), "\(error)")
    }
}
