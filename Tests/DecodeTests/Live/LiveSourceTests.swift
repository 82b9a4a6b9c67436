import CFFmpeg
import Concurrency
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Decode

/// Live streams over real sockets.
@Suite(.hangLimit)
struct LiveSourceTests {
    private func open(
        _ url: String, _ options: LiveOptions = .test(), _ cancellation: Cancellation = Cancellation()
    ) throws -> LiveSource {
        try LiveSource(StreamAddress(url), options: options, cancellation: cancellation)
    }

    private func failure(_ url: String, _ options: LiveOptions = .test()) -> MediaError? {
        #expect(throws: MediaError.self) { _ = try open(url, options) }
    }

    // MARK: Streams of every kind

    @Test(arguments: [("a.ts", "mpegts"), ("a.flv", "flv"), ("a.mkv", "matroska,webm")])
    func streamsOverHTTP(name: String, container: String) throws {
        let server = try HTTPServer()
        server.serve("/live", try LiveMaterial.stream(name, sound: 2))
        let source = try open(server.url + "/live")
        #expect(source.properties.container == container)
        #expect(source.properties.name == server.url + "/live")
        #expect(source.properties.width == 96 && source.properties.height == 64)
        #expect(source.properties.duration == nil && source.startOnWallClock == nil)
        let reading = LiveReading(source)
        #expect(reading.error == nil)
        #expect(reading.frames.count == 50)
        #expect(reading.gaps == [] && reading.isIncreasing)
        #expect(zip(reading.times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 0.002 })
        #expect(reading.packets.count > 70)
        #expect(source.warnings.isEmpty && source.damagedFrames == 0)
        #expect(try source.next() == nil)
    }

    @Test func transportStreamOverUDP() throws {
        let bytes = try LiveMaterial.stream(seconds: 1)
        let port = try Loopback.freePort(SOCK_DGRAM)
        let (sender, _) = try Loopback.bound(SOCK_DGRAM)
        let sending = Sending(bytes, port: port, sender: sender)
        defer { sending.stop() }
        let reading = LiveReading(try open("udp://127.0.0.1:\(port)"), limit: 60)
        #expect(reading.error == nil && reading.frames.count == 60)
        // The sender starts the clip again every second.
        #expect(!reading.gaps.isEmpty && reading.isIncreasing)
    }

    @Test func motionJPEGIsStampedByItsArrival() throws {
        let frame = try LiveMaterial.stream("a.mjpeg", seconds: 0.04, ["-c:v", "mjpeg"])
        let server = try StreamServer { connection in
            connection.beginHTTP(type: "multipart/x-mixed-replace;boundary=--pic")
            for _ in 0..<30 { connection.sendPart(frame) }
        }
        let source = try open("http://127.0.0.1:\(server.port)/mjpeg")
        #expect(source.properties.container == "mpjpeg" && source.properties.timeBase == Rational(1, 1_000_000))
        let reading = LiveReading(source)
        #expect(reading.frames.count >= 25 && reading.isIncreasing)
        // All are sent at once: by FFmpeg's frame count they would take more than a second.
        let start = try #require(reading.frames.first).arrival
        #expect(reading.frames.allSatisfy { $0.frame.time <= ($0.arrival - start) / .seconds(1) + 1e-5 })
    }

    @Test func aFolderOfSegments() throws {
        let directory = try TemporaryDirectory()
        _ = try LiveMaterial.path(
            directory, "index.m3u8", seconds: 2, ["-f", "hls", "-hls_time", "0.4", "-hls_list_size", "0"])
        let server = try HTTPServer()
        for name in try directory.listing() {
            server.serve("/\(name)", try LiveMaterial.bytes(directory.file(name)))
        }
        let time = FakeTime()
        let source = try LiveSource(
            StreamAddress(server.url + "/index.m3u8"), options: .test(), cancellation: Cancellation(), wait: time.wait)
        #expect(source.properties.container == "hls")
        let reading = LiveReading(source)
        #expect(reading.error == nil && reading.frames.count == 50 && reading.gaps == [])
        // Delayed to the stream's own rate.
        #expect(time.waits.count == 49)
    }

    @Test func missingSegmentsOfAFolderAreNotAwaited() throws {
        let server = try HTTPServer()
        let list = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb.ts\n#EXT-X-ENDLIST\n"
        server.serve("/i.m3u8", Array(list.utf8))
        server.serve("/a.ts", try LiveMaterial.stream())
        server.serve("/b.ts", try LiveMaterial.stream("b.ts", ["-output_ts_offset", "32"]))
        let time = FakeTime()
        let source = try LiveSource(
            StreamAddress(server.url + "/i.m3u8"), options: .test(), cancellation: Cancellation(), wait: time.wait)
        let reading = LiveReading(source)
        #expect(reading.error == nil && reading.frames.count == 100 && reading.gaps == [50] && reading.isIncreasing)
        #expect(try #require(time.waits.max()) < 1)
        // After the gap each frame is delayed as before.
        #expect(time.waits.count == 98)
    }

    // MARK: Joining, jumping, changing

    /// Joined after one second: the key frame before is missed.
    @Test(arguments: [("a.ts", "libx264"), ("a.h264", "libx264"), ("a.ts", "mpeg4"), ("a.ts", "mpeg2video")])
    func beginsAtAKeyFrame(name: String, codec: String) throws {
        let whole = try LiveMaterial.stream(name, ["-c:v", codec])
        let server = try HTTPServer()
        let cut = name == "a.ts" ? whole.count / 3 / 188 * 188 : whole.count / 3
        server.serve("/live", Array(whole[cut...]))
        let source = try open(server.url + "/live")
        let reading = LiveReading(source)
        #expect(reading.error == nil)
        // 20 to 40 frames are left, in complete groups of ten.
        #expect([20, 30, 40].contains(reading.frames.count), "\(reading.frames.count)")
        let first = try #require(reading.frames.first)
        #expect(saliency_frame_is_key(first.frame.buffer.pointer))
        #expect(!reading.frames.contains { $0.frame.isCorrupt })
    }

    @Test func aJumpBackIsAGap() throws {
        let stream = try LiveMaterial.stream(seconds: 1)
        let server = try HTTPServer()
        server.serve("/live", stream + stream)
        let reading = LiveReading(try open(server.url + "/live"))
        #expect(reading.error == nil && reading.frames.count == 50)
        #expect(reading.gaps == [25] && reading.isIncreasing)
    }

    @Test func aJumpForwardIsAGapOfItsLength() throws {
        let server = try HTTPServer()
        server.serve(
            "/live",
            try LiveMaterial.stream(seconds: 1) + LiveMaterial.stream(seconds: 1, ["-output_ts_offset", "5"]))
        let reading = LiveReading(try open(server.url + "/live"))
        #expect(reading.frames.count == 50 && reading.gaps == [25] && reading.isIncreasing)
        #expect(abs((reading.times.last ?? 0) - 5.96) < 0.05)
    }

    @Test func soundMovesWithTheFrames() throws {
        let stream = try LiveMaterial.stream(seconds: 1, sound: 1)
        let server = try HTTPServer()
        server.serve("/live", stream + stream)
        let reading = LiveReading(try open(server.url + "/live"))
        let stamps = reading.packets.map { $0.buffer.pointer.pointee.pts }
        // The sound of the second pass follows that of the first, except for sound before its first frame.
        #expect((stamps.last ?? 0) - (stamps.first ?? 0) > 150_000)
    }

    @Test func aNewSizeEndsTheConnection() throws {
        let server = try HTTPServer()
        server.serve(
            "/live", try LiveMaterial.stream(seconds: 1) + LiveMaterial.stream(seconds: 1, size: "128x96"))
        let reading = LiveReading(try open(server.url + "/live"))
        #expect(reading.error?.code == .damaged)
        #expect(reading.error?.reason == "the frame's size changed from 96x64 to 128x96")
        #expect(reading.frames.count >= 24)
        #expect(reading.frames.allSatisfy { $0.frame.width == 96 })
    }

    /// For example a camera that leaves night mode.
    @Test func colorsSurviveANewPixelFormat() throws {
        let first = try LiveMaterial.stream("a.mjpeg", seconds: 0.04, ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"])
        let directory = try TemporaryDirectory()
        let later = directory.file("later.jpg")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.04", "-frames:v", "1", "-update", "1", "-pix_fmt",
            "yuvj444p",
            "-q:v", "1", later,
        ])
        let other = try LiveMaterial.bytes(later)
        let server = try StreamServer { connection in
            connection.beginHTTP(type: "multipart/x-mixed-replace;boundary=--pic")
            for _ in 0..<15 { connection.sendPart(first) }
            for _ in 0..<15 { connection.sendPart(other) }
        }
        let source = try open("http://127.0.0.1:\(server.port)/mjpeg")
        let reading = LiveReading(source)
        #expect(reading.error?.reason != "the frame's pixel format changed")
        #expect(reading.frames.count >= 25)
        #expect(source.warnings.contains { $0.kind == .changedFrames && $0.message.contains("to 96x64 yuvj444p") })
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        let frame = try #require(reading.frames.last).frame
        let bytes = try converter.convert(frame).bytes
        let expected = try MediaFactory.rgbFrames(later)
        #expect(zip(bytes, expected).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
    }

    @Test func skipPolicy() throws {
        let bytes = try LiveMaterial.stream(seconds: 8)
        let server = try HTTPServer()
        server.serve("/live", bytes)
        let source = try open(server.url + "/live")
        source.isBehind = true
        var frames: [LiveFrame] = []
        while let item = try source.next() {
            guard case .frame(let frame) = item else { continue }
            frames.append(frame)
            if frame.frame.time >= 6 { source.isBehind = false }
        }
        let isKey = { (frame: LiveFrame) in saliency_frame_is_key(frame.frame.buffer.pointer) }
        let between = frames.filter { (2.5..<6).contains($0.frame.time) }
        #expect(between.count == 8 || between.count == 9)
        #expect(between.allSatisfy(isKey))
        // All frames again, from a key frame on.
        #expect(frames.count { $0.frame.time >= 6 } >= 40)
        #expect(frames.count { $0.frame.time < 2 } == 50)
        #expect(!frames.contains { $0.frame.isCorrupt })
    }

    // MARK: Damage

    @Test func garbageIsSkipped() throws {
        var bytes = try LiveMaterial.stream(seconds: 4)
        var random = SeededGenerator(seed: 1)
        let middle = bytes.count / 2
        for index in middle..<middle + 6000 { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        let server = try HTTPServer()
        server.serve("/live", bytes)
        let source = try open(server.url + "/live")
        let reading = LiveReading(source)
        #expect(reading.error == nil)
        #expect(reading.frames.count >= 60 && reading.frames.count < 100)
        #expect(reading.isIncreasing && !source.warnings.isEmpty)
    }

    /// Parts that are complete, but cannot be decoded.
    @Test func endlessDamageIsAnError() throws {
        let frame = try LiveMaterial.stream("a.mjpeg", seconds: 0.04, ["-c:v", "mjpeg"])
        let server = try StreamServer { connection in
            connection.beginHTTP(type: "multipart/x-mixed-replace;boundary=--pic")
            for _ in 0..<30 { connection.sendPart(frame) }
            while connection.sendPart(frame.map { _ in 0x55 }) {}
        }
        var options = LiveOptions.test()
        options.input.maximumDamagedRun = 10
        let reading = LiveReading(try open("http://127.0.0.1:\(server.port)/", options))
        #expect(reading.error?.code == .damaged)
        #expect(reading.error?.reason == "brings nothing but damage")
        #expect(reading.frames.count >= 25)
    }

    /// A sender that sends garbage without end.
    @Test func endlessGarbageIsAnError() throws {
        let bytes = try LiveMaterial.stream(seconds: 1)
        let server = try StreamServer { connection in
            connection.beginHTTP()
            connection.send(bytes)
            var random = SeededGenerator(seed: 2)
            var garbage = bytes
            // Transport packets that look intact, of a stream that is announced as video but is not.
            for index in garbage.indices where index % 188 > 3 { garbage[index] = .random(in: 0...255, using: &random) }
            while connection.send(garbage) {}
        }
        let reading = try withLongerLimits { limit in
            LiveReading(try open("http://127.0.0.1:\(server.port)/", .test(stall: limit)))
        } until: { reading in
            reading.frames.count >= 24
        }
        #expect(
            reading.error?.code == .damaged || reading.error?.code == .stalled, "\(String(describing: reading.error))")
        #expect(reading.frames.count >= 24)
    }

    @Test func contentThatIsNotVideoIsReported() throws {
        let server = try HTTPServer()
        server.serve("/text", Array(repeating: UInt8(ascii: "x"), count: 100_000))
        server.serve("/list", Array("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n".utf8))
        server.serve("/sound", try LiveMaterial.stream("a.flv", seconds: 1, sound: 1, ["-vn"]))
        #expect(failure(server.url + "/text")?.code == .notMedia)
        #expect(failure(server.url + "/list")?.code == .refused)
        #expect(failure(server.url + "/sound")?.code == .noVideo)
    }

    // MARK: Silence

    @Test func aStreamThatStopsHasStalled() throws {
        let bytes = try LiveMaterial.stream(seconds: 1)
        let server = try HTTPServer()
        server.serve("/live", bytes + [0], .stall(after: bytes.count))
        let (limit, reading) = try withLongerLimits { limit in
            (limit, LiveReading(try open(server.url + "/live", .test(stall: limit))))
        } until: { _, reading in
            reading.frames.count >= 24
        }
        #expect(reading.error?.code == .stalled)
        #expect(reading.error?.description == server.url + "/live: sent no frame for \(limit) s")
        #expect(reading.frames.count >= 24)
    }

    /// Sound that continues does not count as a frame.
    @Test func soundAloneHasStalled() throws {
        let bytes = try LiveMaterial.stream(seconds: 1, sound: 1)
        let sound = try LiveMaterial.stream(seconds: 1, sound: 1, ["-map", "1:a", "-streamid", "0:257"])
        let server = try StreamServer { connection in
            connection.beginHTTP()
            connection.send(bytes)
            while connection.send(sound) {}
        }
        let reading = try withLongerLimits { limit in
            LiveReading(try open("http://127.0.0.1:\(server.port)/", .test(stall: limit)))
        } until: { reading in
            reading.packets.count > 100
        }
        #expect(reading.error?.code == .stalled)
        #expect(reading.packets.count > 100)
    }

    @Test func aCutConnectionIsAnError() throws {
        let bytes = try LiveMaterial.stream(seconds: 2)
        let server = try HTTPServer()
        server.serve("/live", bytes, .cut(after: bytes.count / 2))
        let reading = LiveReading(try open(server.url + "/live"))
        #expect(reading.frames.count >= 20 && reading.frames.count < 50)
        #expect(reading.error?.code == .cannotOpen)
    }

    /// The last part of an RTMP address usually is a key.
    private static func shown(_ scheme: String, _ port: UInt16) -> String {
        "\(scheme)://127.0.0.1:\(port)/a/\(scheme == "rtmp" ? "…" : "b")"
    }

    /// The kernel accepts the connection, and no server answers it.
    @Test(arguments: ["http", "rtsp", "rtmp"])
    func openingHasADeadline(scheme: String) throws {
        let (listener, port) = try Loopback.bound(SOCK_STREAM)
        defer { close(listener) }
        listen(listener, 4)
        let error = failure("\(scheme)://user:word@127.0.0.1:\(port)/a/b", .test(open: 0.3))
        #expect(error?.code == .cannotOpen)
        #expect(error?.description == "\(Self.shown(scheme, port)): opening took too long")
    }

    @Test(arguments: ["udp", "srt"])
    func streamWithoutSenderTimesOut(scheme: String) throws {
        let port = try Loopback.freePort(SOCK_DGRAM)
        #expect(failure("\(scheme)://127.0.0.1:\(port)", .test(open: 0.3))?.code == .cannotOpen)
    }

    /// Bytes of a stream keep arriving without a decodable frame.
    @Test func theFirstFrameHasADeadline() throws {
        let bytes = try LiveMaterial.stream(seconds: 1, ["-x264-params", "repeat-headers=1"])
        let late = Array(bytes[(bytes.count / 2 / 188 * 188)...])
        let sound = try LiveMaterial.stream(seconds: 1, sound: 1, ["-map", "1:a"])
        #expect(!late.isEmpty)
        let server = try StreamServer { connection in
            connection.beginHTTP()
            // The tables announce a video stream, of which no packet follows.
            connection.send(bytes.prefix(188 * 3))
            while connection.send(sound) {}
        }
        let error = failure("http://127.0.0.1:\(server.port)/", .test(open: 0.5))
        #expect(error?.code == .cannotOpen || error?.code == .noVideo)
    }

    @Test func refusedConnectionIsReported() throws {
        let port = try Loopback.freePort()
        for scheme in ["http", "rtsp", "rtmp"] {
            let error = failure("\(scheme)://user:word@127.0.0.1:\(port)/a/b")
            #expect(error?.code == .cannotOpen)
            #expect(error?.description == "\(Self.shown(scheme, port)): cannot be opened (Connection refused)")
        }
    }

    @Test func cancellationEndsOpening() throws {
        let cancellation = Cancellation()
        let server = try StreamServer { connection in
            _ = connection.receive()
            cancellation.cancel()
            connection.hold()
        }
        let error = #expect(throws: MediaError.self) {
            _ = try open("rtsp://127.0.0.1:\(server.port)/s", .test(), cancellation)
        }
        #expect(error?.code == .cancelled)
    }

    @Test func cancellationEndsReading() throws {
        let bytes = try LiveMaterial.stream(seconds: 1)
        let cancellation = Cancellation()
        let isOpen = DispatchSemaphore(value: 0)
        let server = try StreamServer { connection in
            connection.beginHTTP()
            connection.send(bytes)
            isOpen.wait()
            cancellation.cancel()
            connection.hold()
        }
        let source = try open("http://127.0.0.1:\(server.port)/", .test(), cancellation)
        isOpen.signal()
        let reading = LiveReading(source)
        #expect(reading.error?.code == .cancelled)
    }
}

extension StreamServer.Connection {
    /// A frame in the format in which web cameras send it.
    @discardableResult
    fileprivate func sendPart(_ frame: [UInt8]) -> Bool {
        let head = "--pic\r\nContent-Type: image/jpeg\r\nContent-Length: \(frame.count)\r\n\r\n"
        return send(Array(head.utf8) + frame + Array("\r\n".utf8))
    }
}

/// Sends a transport stream repeatedly, a few packets at a time, until stopped.
private final class Sending: Sendable {
    private let isStopped = Atomic<Bool>(false)

    init(_ bytes: [UInt8], port: UInt16, sender: Int32) {
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                for start in stride(from: 0, to: bytes.count, by: 188 * 7) {
                    Loopback.send(bytes[start..<min(bytes.count, start + 188 * 7)], toPort: port, from: sender)
                    // Slower than it is read, or the kernel would drop packets.
                    usleep(2000)
                }
            }
            close(sender)
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}
