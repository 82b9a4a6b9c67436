import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// Limits for one client, and for requests of one kind.
@Suite(.hangLimit) struct CrowdingTests {
    private static func wait(for job: Int64) -> [UInt8] {
        Array("GET /api/v1/jobs/\(job)?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    }

    enum Ending: CaseIterable { case reset, half, whole }

    @Test(arguments: Ending.allCases) func aWaitEndsWithItsConnection(_ ending: Ending) async throws {
        let clock = HandClock()
        var limits = HTTPLimits()
        limits.waits = 1
        let api = try await ServedAPI(limits: limits, clock: clock)
        _ = try await api.doneJob(1)
        try await api.admit(2)
        var connection: LoopbackConnection? = try LoopbackConnection(port: api.port)
        try await connection?.send(Self.wait(for: 2))
        #expect(await clock.sleeper() == .seconds(60))
        try await api.get("/api/v1/jobs/1?wait=60").expectError(503, "unavailable", mention: "wait")
        switch ending {
        case .reset: connection?.reset()
        case .half:
            // A client that only closes its sending side gets the job's present state.
            connection?.endSending()
            let answer = try ReceivedResponse(try await connection?.receiveAll() ?? [])
            #expect(try answer.json()["state"] as? String == "queued")
        case .whole: break
        }
        connection = nil
        while try await api.get("/api/v1/jobs/1?wait=60").status == 503 {}
    }

    @Test func waitsDoNotBlockOtherRequests() async throws {
        let clock = HandClock()
        var limits = HTTPLimits()
        (limits.waits, limits.requests, limits.changes) = (2, 1, 1)
        let api = try await ServedAPI(limits: limits, clock: clock, metricsText: { "" })
        try await api.admit(1)
        var waiting: [LoopbackConnection] = []
        for _ in 0..<2 {
            let connection = try LoopbackConnection(port: api.port)
            try await connection.send(Self.wait(for: 1))
            _ = await clock.sleeper()
            waiting.append(connection)
        }
        let refused = try await api.get("/api/v1/jobs/1?wait=1")
        try refused.expectError(503, "unavailable", mention: "2 requests that wait")
        #expect(refused.headers["retry-after"] == "5")
        for path in ["/healthz", "/readyz", "/metrics", "/api/v1/jobs", "/api/v1/jobs/1", "/api/v1/jobs/1?wait=0"] {
            #expect(try await api.get(path).status == 200, "\(path)")
        }
        // The upload is accepted, without waiting for its job.
        let upload = try await api.post("/api/v1/folders/inbox/files/a.mp4?wait=60", "video")
        #expect(upload.status == 201)
        #expect(try upload.json()["job"] is NSNull)
        #expect(try await api.post("/api/v1/jobs/1/cancel").status == 200)
        for connection in waiting {
            connection.endSending()
            #expect(try ReceivedResponse(try await connection.receiveAll()).json()["state"] as? String == "cancelled")
        }
    }

    @Test func downloadsDoNotBlockOtherRequests() async throws {
        var limits = HTTPLimits()
        limits.downloads = 1
        let api = try await ServedAPI(limits: limits, clock: HandClock(), metricsText: { "" })
        _ = try await api.doneJob(video: [UInt8](repeating: 7, count: 64 << 20))
        let connection = try LoopbackConnection(port: api.port)
        try await connection.send(Array("GET /api/v1/jobs/1/result HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        try await connection.receive(1)
        try await api.get("/api/v1/jobs/1/record").expectError(503, "unavailable", mention: "1 downloads")
        for path in ["/healthz", "/readyz", "/metrics", "/api/v1/jobs"] {
            #expect(try await api.get(path).status == 200, "\(path)")
        }
        try await api.post("/api/v1/jobs/1/retry").expectError(409)
    }

    // MARK: Connections

    @Test func idleConnectionsDoNotBlockOthers() async throws {
        let api = try await ServedAPI(limits: Self.withLongTimeouts(connections: 4, ofOnePeer: 4))
        var idle: [LoopbackConnection] = []
        for number in 0..<12 {
            let connection = try LoopbackConnection(port: api.port)
            // Some have begun a request, others wait between two.
            if number % 3 == 1 { try await connection.send(Array("GET /heal".utf8)) }
            if number % 3 == 2 {
                try await connection.send(Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
                try await connection.receive(1)
            }
            idle.append(connection)
        }
        for _ in 0..<8 { #expect(try await api.get("/healthz").status == 200) }
        // The longest idle was closed first.
        #expect(try await idle[0].receiveAll().isEmpty)
        withExtendedLifetime(idle) {}
    }

    @Test func onePeerDoesNotBlockOthers() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(limits: Self.withLongTimeouts(connections: 3, ofOnePeer: 2), clock: clock)
        try await api.admit(1)
        var waiting: [LoopbackConnection] = []
        for _ in 0..<2 {
            let connection = try LoopbackConnection(port: api.port)
            try await connection.send(Self.wait(for: 1))
            _ = await clock.sleeper()
            waiting.append(connection)
        }
        let refused = try LoopbackConnection(port: api.port)
        try ReceivedResponse(try await refused.receiveAll()).expectError(503, "unavailable", mention: "connections")
        let other = try LoopbackConnection(port: api.port, from: "127.0.0.2")
        try await other.send(Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
        #expect(try ReceivedResponse(try await other.receiveAll()).status == 200)
        clock.advance(by: .seconds(60))
        for connection in waiting { #expect(try await connection.receive(12).count == 12) }
    }

    /// `HeadDeadlineTests` has the cases.
    @Test func aRequestHeadMustArriveInTime() async throws {
        var limits = Self.withLongTimeouts(connections: 9, ofOnePeer: 9)
        limits.requestHead = .milliseconds(100)
        let api = try await ServedAPI(limits: limits)
        let connection = try LoopbackConnection(port: api.port)
        try await connection.send(Array("GET /healthz HT".utf8))
        #expect(try await connection.receiveAll().isEmpty)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1:0:2"),
        ("2001:db8:1:2:ffff::1", "20:1:d:b8:0:1:0:2"), ("::1", "0:0:0:0:0:0:0:0"),
    ])
    func peersAreCountedByAddressOrNetwork(_ address: String, _ key: String) throws {
        #expect(PeerAddress.key(try .init(ipAddress: address, port: 1)) == key)
        #expect(PeerAddress.key(nil) == "")
    }

    /// Only the limits that a test sets close connections.
    private static func withLongTimeouts(connections: Int, ofOnePeer: Int) -> HTTPLimits {
        var limits = HTTPLimits()
        (limits.connections, limits.connectionsOfOnePeer) = (connections, ofOnePeer)
        (limits.requestHead, limits.requestIdle, limits.connectionIdle) = (.seconds(600), .seconds(600), .seconds(600))
        return limits
    }
}
