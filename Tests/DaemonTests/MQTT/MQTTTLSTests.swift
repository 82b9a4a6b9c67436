import Foundation
import Media
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

/// TLS in front of Debian's broker.
@Suite(.hangLimit) struct MQTTTLSTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func expectConnection(_ trust: (TestCertificate) throws -> TLSTrust) async throws -> [String] {
        let certificate = try TestCertificate(folder)
        let broker = try await MosquittoBroker()
        let front = try TLSFront(to: broker.port, certificate)
        let trust = try trust(certificate)
        let link = RunningLink(.sample(front.port, isSecure: true) { $0.trust = trust })
        let observer = try await MQTTObserver(port: broker.port)
        #expect(await observer.wait("saliencyd/status", is: "online"))
        try await link.stop()
        #expect(await observer.wait("saliencyd/status", is: "offline"))
        return link.log.lines
    }

    @Test func aKnownAuthorityIsTrusted() async throws {
        let lines = try await expectConnection { .verified(authorities: $0.certificate) }
        #expect(lines.count == 1 && lines[0].hasPrefix("notice: mqtt: connected to mqtts://127.0.0.1:"), "\(lines)")
    }

    @Test func aFingerprintIsTrusted() async throws {
        let lines = try await expectConnection { try #require(TLSTrust.fingerprint(text: $0.fingerprint)) }
        #expect(lines.count == 1, "\(lines)")
    }

    @Test func anyCertificateIsAcceptedWithAWarning() async throws {
        let lines = try await expectConnection { _ in .any }
        #expect(lines.count == 2 && lines[0].contains("is not authenticated"), "\(lines)")
    }

    @Test func anUnknownCertificateGetsNoData() async throws {
        let certificate = try TestCertificate(folder)
        let other = try TestCertificate(folder, "other")
        let broker = try await MosquittoBroker()
        let front = try TLSFront(to: broker.port, certificate)
        let wrong: [TLSTrust] = [
            .verified(authorities: nil), .verified(authorities: other.certificate),
            try #require(TLSTrust.fingerprint(text: other.fingerprint)),
        ]
        for trust in wrong {
            let link = RunningLink(
                .sample(front.port, isSecure: true) { $0.trust = trust })
            _ = await link.pause()
            #expect(link.log.lines.count == 1 && link.log.lines[0].contains("disconnected: "), "\(link.log.lines)")
            try await link.stop()
        }
        #expect(front.bytesHeard == 0)
    }
}
