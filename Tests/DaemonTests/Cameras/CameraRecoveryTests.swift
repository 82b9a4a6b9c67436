import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// A daemon whose camera fails in every known way and recovers each time.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct CameraRecoveryTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// The behaviour of one connection.
    private enum Mood: CaseIterable {
        case cut, stalled, garbled, refused, noMedia, anotherSize, silent
    }

    /// The streams that the server plays.
    private struct Material {
        static let seconds = 1.2
        /// Opening reads 2 to 3 s of this stream, and a window needs frames that arrive after that.
        static let garbledSeconds = 4.8

        let plain: [UInt8]
        let garbled: [UInt8]
        let other: [UInt8]

        init() throws {
            plain = try CameraMaterial.stream(seconds: Self.seconds)
            other = try CameraMaterial.stream(seconds: Self.seconds, size: "160x120")
            garbled = try Self.garbled(CameraMaterial.stream(seconds: Self.garbledSeconds))
        }

        /// Damages the time from 0.4 to 0.8 s, during which the stream is still being opened.
        ///
        /// Which parts of the stream are hit at random depends on the version of the sound's encoder. One kind of
        /// damage is therefore always present: a packet of sound with another identifier begins a stream that never
        /// continues, and opening waits for that stream as long as it may (`InputOptions.live.probeDuration`).
        private static func garbled(_ stream: [UInt8]) throws -> [UInt8] {
            let range = stream.count / 12..<stream.count / 6
            var bytes = stream
            var generator = SeededGenerator(seed: 5)
            for _ in 0..<200 {
                bytes[Int.random(in: range, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            // The bytes of the first packet of a frame of sound: the sync byte, the flag of a start, and the
            // identifier.
            let sound: [UInt8] = [0x47, 0x41, 0x01]
            let packet = try #require(
                Swift.stride(from: 0, to: stream.count, by: 188).first {
                    range.contains($0) && stream[$0...].starts(with: sound)
                })
            bytes.replaceSubrange(packet..<packet + 188, with: stream[packet..<packet + 188])
            bytes[packet + 2] = 0xE5
            return bytes
        }
    }

    /// - Parameter hasWindow: whether a window of this connection is in the record.
    private static func play(
        _ mood: Mood, _ connection: StreamServer.Connection, _ material: Material, hasWindow: () -> Bool
    ) {
        // A busy machine may need more than one pass until a window is explained.
        func play(_ stream: [UInt8], seconds: Double = Material.seconds) {
            while connection.play(stream, seconds: seconds), !hasWindow() {}
        }
        guard mood != .refused else { return }
        if mood == .silent { return connection.hold() }
        connection.beginHTTP()
        switch mood {
        case .cut:
            play(material.plain)
            // Ends within a packet.
            connection.send(material.plain.prefix(1000))
        case .stalled:
            play(material.plain)
            connection.hold()
        case .garbled: play(material.garbled, seconds: Material.garbledSeconds)
        case .noMedia: connection.send(Array("<html>Not now.</html>".utf8))
        case .anotherSize: play(material.other)
        case .refused, .silent: break
        }
    }

    @Test func aCameraRecoversFromEveryFault() async throws {
        let material = try Material()
        let long = try CameraMaterial.stream(seconds: 30)
        let served = Mutex(0)
        let isOver = Latch()
        let record = folder.file("record.ndjson")
        let server = try StreamServer { connection in
            let number = served.withLock { count in
                count += 1
                return count - 1
            }
            if Mood.allCases.indices.contains(number) {
                Self.play(Mood.allCases[number], connection, material) {
                    let lines = (try? RecordLine.read(record)) ?? []
                    return lines.contains { $0.kind == "window" && $0.connection == number + 1 }
                }
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
                    stall: 5
                    open-timeout: 20
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
        #expect(
            await daemon.wait {
                let connections = ((try? RecordLine.read(record)) ?? []).filter { $0.kind == "window" }.map(
                    \.connection)
                return connections.contains { $0 > Mood.allCases.count }
            })
        // A busy machine may just have lost this connection too.
        var camera = try await daemon.api.get("/api/v1/cameras/gate").json()
        while camera["connected"] as? Bool != true {
            camera = try await daemon.api.get("/api/v1/cameras/gate").json()
        }
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
