import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// A daemon whose camera fails in every known way and recovers each time.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .timeLimit(.minutes(5))) struct CameraRecoveryTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// The behaviour of one connection.
    private enum Mood: CaseIterable {
        case cut, stalled, garbled, refused, noMedia, anotherSize, silent
    }

    private static let seconds = 1.2

    private static func play(_ mood: Mood, _ connection: StreamServer.Connection, _ plain: [UInt8], _ other: [UInt8]) {
        guard mood != .refused else { return }
        if mood == .silent { return connection.hold() }
        connection.beginHTTP()
        switch mood {
        case .cut: connection.play(plain.dropLast(100), seconds: seconds)
        case .stalled:
            connection.play(plain, seconds: seconds)
            connection.hold()
        case .garbled:
            var bytes = plain
            var generator = SeededGenerator(seed: 5)
            for _ in 0..<200 {
                let place = Int.random(in: bytes.count / 3..<bytes.count * 2 / 3, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            connection.play(bytes, seconds: seconds)
        case .noMedia: connection.send(Array("<html>Not now.</html>".utf8))
        case .anotherSize: connection.play(other, seconds: seconds)
        case .refused, .silent: break
        }
    }

    @Test func aCameraRecoversFromEveryFault() async throws {
        let plain = try CameraMaterial.stream(seconds: Self.seconds)
        let other = try CameraMaterial.stream(seconds: Self.seconds, size: "160x120")
        let long = try CameraMaterial.stream(seconds: 30)
        let served = Mutex(0)
        let isOver = Latch()
        let server = try StreamServer { connection in
            let number = served.withLock { count in
                count += 1
                return count - 1
            }
            if Mood.allCases.indices.contains(number) {
                Self.play(Mood.allCases[number], connection, plain, other)
            } else {
                isOver.open()
            }
        }
        let daemon = try await CameraDaemon(
            folder,
            cameras: """
                  gate:
                    url: http://127.0.0.1:\(server.port)/live
                    backoff: 1
                    stall: 1
                    open-timeout: 2
                    segments: @/segments
                    segment-length: 1
                    log-file: @/record.ndjson
                """)
        await isOver.wait()
        // No server for a while, and then another one.
        await server.giveUp()
        let again = try StreamServer(port: server.port) { connection in
            connection.beginHTTP()
            connection.play(long, seconds: 30)
        }
        let record = folder.file("record.ndjson")
        #expect(
            await daemon.wait {
                let connections = ((try? RecordLine.read(record)) ?? []).filter { $0.kind == "window" }.map(
                    \.connection)
                return connections.contains { $0 > Mood.allCases.count }
            })
        let camera = try await daemon.api.get("/api/v1/cameras/gate").json()
        #expect(camera["connected"] as? Bool == true, "\(camera)")
        #expect((camera["connection"] as? Int).map { $0 > Mood.allCases.count } == true, "\(camera)")
        let run = await daemon.stop()
        again.close()
        #expect(run.standardError.contains("gate: disconnected: "), "\(run.standardError)")

        let lines = try RecordLine.read(record)
        try RecordLine.expectOrder(lines)
        let connections = Set(lines.filter { $0.kind == "window" }.map(\.connection))
        // The connections with frames: the stream that was cut, stalled, garbled, of another size, and the last.
        #expect(connections.isSuperset(of: [1, 2, 3, 6]), "\(lines)")
        #expect(lines.contains { $0.kind == "ended" && $0.reason?.contains("no frame for") == true }, "\(lines)")
        try expectSegments(connections)
    }

    private func expectSegments(_ connections: Set<Int>) throws {
        let segments = try CameraMaterial.segments(folder.file("segments"))
        for segment in segments {
            // Sound is copied as received, including truncated and garbled packets.
            try segment.expectToPlay(sound: !["connection 1", "connection 3"].contains(segment.description))
        }
        let owners = segments.compactMap { Int($0.description.split(separator: " ").last ?? "") }
        #expect(owners.count == segments.count && owners == owners.sorted())
        #expect(Set(owners).isSuperset(of: connections))
        RecordedFile.expectOrder(segments)
    }
}
