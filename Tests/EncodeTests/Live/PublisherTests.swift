import CFFmpeg
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Encode

@Suite(.hangLimit) struct PublisherTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// A publisher and its events.
    final class Publishing {
        let publisher: StreamPublisher
        private var states: AsyncStream<PublishState>.Iterator

        init(_ address: String, password: String? = nil, user: String? = nil, packets: Int = 4096) throws {
            let (stream, continuation) = AsyncStream.makeStream(of: PublishState.self)
            states = stream.makeAsyncIterator()
            publisher = StreamPublisher(
                try PublishAddress(address, user: user, password: password),
                limits: PublishQueue.Limits(packets: packets, bytes: 64 << 20), backoff: PublishBackoff(first: 0.02)
            ) { continuation.yield($0) }
        }

        /// Waits until it is connected.
        ///
        /// - Returns: its warnings.
        func connected() async -> [String] {
            while let state = await states.next(isolation: #isolation) {
                if case .connected(let warnings) = state { return warnings }
            }
            return ["ended"]
        }

        /// Waits for the next failure.
        func failure() async -> MediaError? {
            while let state = await states.next(isolation: #isolation) {
                if case .waiting(let error, _) = state { return error }
            }
            return nil
        }

        /// Lets it send its queued packets, and waits for its end.
        func end(within seconds: Double = 60) async {
            publisher.stop(within: seconds)
            while let state = await states.next(isolation: #isolation) {
                if case .stopped = state { return }
            }
        }
    }

    /// Reads datagrams on a separate thread until an empty one arrives.
    func collect(_ socket: LocalSocket) async -> [[UInt8]] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var datagrams: [[UInt8]] = []
                while case let datagram = socket.receive(), !datagram.isEmpty { datagrams.append(datagram) }
                continuation.resume(returning: datagrams)
            }
        }
    }

    /// Sends an empty datagram.
    func sendEnd(to port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, nil, 0, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The times and flags of a file's frames.
    func frames(_ path: String) throws -> [(time: Double, isKeyFrame: Bool)] {
        try MediaFactory.probe(path, ["-select_streams", "v", "-show_entries", "packet=pts_time,flags"]).map {
            let parts = $0.split(separator: ",")
            return (Double(parts[0]) ?? .nan, parts[1].hasPrefix("K"))
        }
    }

    @Test func datagramsCanBeJoinedAnywhere() async throws {
        let socket = try LocalSocket(.datagrams)
        let recording = try LiveMaterial.recording(directory, sound: ["-c:a", "pcm_mulaw", "-ar", "8000"], rate: 8000)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        async let received = collect(socket)
        let publishing = try Publishing("udp://127.0.0.1:\(socket.port)")
        publishing.publisher.begin(encoder.stream)
        #expect(
            await publishing.connected() == ["transport streams hold no pcm_mulaw sound; stream 1 becomes AAC, mono"])
        var dropped: UInt64?
        try recording.packets(encoder) { packet in
            publishing.publisher.write(packet)
            // Sound before the first frame is dropped.
            if packet.isFrame, dropped == nil { dropped = publishing.publisher.dropped }
        }
        await publishing.end()
        #expect(publishing.publisher.dropped == dropped)
        sendEnd(to: socket.port)
        let datagrams = await received
        #expect(datagrams.count > 100)
        for datagram in datagrams { #expect(datagram.count <= 1316 && datagram.count % 188 == 0) }
        let packets = datagrams.flatMap { datagram in
            stride(from: 0, to: datagram.count, by: 188).map { Array(datagram[$0..<$0 + 188]) }
        }
        #expect(packets.allSatisfy { $0[0] == 0x47 })
        // Program tables (PID 0) and a sequence parameter set at every key frame: at 0, 2 and 4 s.
        #expect(packets.filter { $0[1] & 0x1f == 0 && $0[2] == 0 }.count >= 3)
        let bytes = packets.flatMap { $0 }
        let sets = bytes.indices.dropLast(4).filter { bytes[$0...].starts(with: [0, 0, 1, 0x67]) }
        #expect(sets.count >= 3)
        let whole = try directory.write(bytes, to: "whole.ts")
        let all = try frames(whole)
        #expect(all.count == 150 && all.filter(\.isKeyFrame).count == 3)
        for (index, frame) in all.enumerated() {
            #expect(abs(frame.time - (all.first?.time ?? 0) - Double(index) / 25) < 1e-4)
        }
        // A receiver that joins in the middle gets frames and sound from the next key frame on.
        let part = try directory.write(datagrams[(datagrams.count / 3)...].flatMap { $0 }, to: "part.ts")
        #expect(try MediaFactory.countedFrames(part) ?? 0 >= 50)
        let sound = try MediaFactory.probe(part, ["-select_streams", "a", "-show_entries", "stream=codec_name"])
        #expect(sound.contains("aac"))
        let samples = try MediaFactory.ffmpeg(["-i", whole, "-map", "0:a", "-f", "s16le", "-"]).count / 2
        #expect(abs(Double(samples) / 8000 - 6) < 0.4)
    }

    @Test func timeContinuesOverConnections() async throws {
        let socket = try LocalSocket(.datagrams)
        async let received = collect(socket)
        let publishing = try Publishing("udp://127.0.0.1:\(socket.port)")
        // A pause of 10 s, then a camera connection whose clock was set back by an hour.
        for (index, start) in [0.0, 14, -3600].enumerated() {
            let encoder = try LiveMaterial.encoder()
            publishing.publisher.begin(encoder.stream)
            if index == 0 { _ = await publishing.connected() }
            try LiveMaterial.frames(100, wallClock: LiveMaterial.noon + start, encoder: encoder) {
                publishing.publisher.write(.frame($0))
            }
        }
        await publishing.end()
        #expect(publishing.publisher.dropped == 0)
        sendEnd(to: socket.port)
        let path = try directory.write(await received.flatMap { $0 }, to: "a.ts")
        let times = try frames(path).map(\.time)
        try #require(times.count == 300)
        let starts = [0, 100, 200].map { times[$0] - times[0] }
        #expect(zip(starts, [0, 14, 18]).allSatisfy { abs($0 - $1) < 0.001 })
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("A server receives the stream", arguments: ["rtmp", "rtsp", "srt"])
    func serverReceivesTheStream(_ scheme: String) async throws {
        let port = try LocalSocket.freePort()
        let url = "\(scheme)://127.0.0.1:\(port)/live/SECRET"
        let output = directory.file("out.mkv")
        let listen =
            switch scheme {
            case "rtmp": ["-listen", "1", "-i", url]
            case "rtsp": ["-rtsp_flags", "listen", "-i", url]
            // A receiver without a processor must not drop packets because they are late.
            default: ["-i", "\(url)?mode=listener&tlpktdrop=0"]
            }
        let server = try RunningCommand(
            "ffmpeg",
            ["-v", "error", "-nostdin", "-y"] + listen + [
                "-map", "0", "-c", "copy", "-copyinkf:a", "-frames:v", "100", "-shortest", "-f", "matroska", output,
            ])
        let recording = try LiveMaterial.recording(directory, seconds: 8)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        // Refused until the server is there.
        let publishing = try Publishing(url)
        publishing.publisher.begin(encoder.stream)
        #expect(await publishing.connected().isEmpty)
        try recording.packets(encoder) { publishing.publisher.write($0) }
        let run = await server.end()
        #expect(run.status == 0, "\(run.standardError)")
        await publishing.end(within: 0.1)
        #expect(try MediaFactory.countedFrames(output) == 100)
        #expect(
            try MediaFactory.probe(output, ["-show_entries", "stream=codec_name"]) == ["h264", "aac"])
        let times = try frames(output).map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - 0.04) < 0.0021 })
        let sound = try MediaFactory.probe(output, ["-select_streams", "a", "-show_entries", "packet=pts_time"])
        #expect(sound.count > 100)
    }

    @Test func folderOfHLS() async throws {
        let folder = directory.file("a b:c")
        let recording = try LiveMaterial.recording(directory, seconds: 20)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        // Files that an earlier run left, and files of others.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for name in ["live-17.ts", "live-18.ts.tmp", "live-.ts", "other.ts", "live-17.txt"] {
            try directory.write([1], to: "a b:c/\(name)")
        }
        let publishing = try Publishing(folder)
        publishing.publisher.begin(encoder.stream)
        #expect(await publishing.connected().isEmpty)
        try recording.packets(encoder) { publishing.publisher.write($0) }
        await publishing.end()
        #expect(publishing.publisher.dropped <= 2)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let segments = names.filter { $0.hasPrefix("live-") && $0.hasSuffix(".ts") && $0 != "live-.ts" }
        // Six segments in the playlist and one that players may still be reading.
        #expect(segments.count == 7)
        #expect(Set(names).subtracting(segments) == ["live-.ts", "live-17.txt", "live.m3u8", "other.ts"])
        let playlist = try String(contentsOfFile: "\(folder)/live.m3u8", encoding: .utf8)
        #expect(playlist.split(separator: "\n").filter { $0.hasSuffix(".ts") }.map(String.init) == segments.suffix(6))
        for name in segments {
            let first = try #require(try frames("\(folder)/\(name)").first)
            #expect(first.isKeyFrame)
            #expect(try MediaFactory.countedFrames("\(folder)/\(name)") == 50)
        }
    }

    @Test func folderIsMade() async throws {
        let folder = directory.file("hls")
        let publishing = try Publishing(folder)
        let encoder = try LiveMaterial.encoder()
        publishing.publisher.begin(encoder.stream)
        #expect(await publishing.connected().isEmpty)
        try LiveMaterial.frames(60, encoder: encoder) { publishing.publisher.write(.frame($0)) }
        await publishing.end()
        #expect(FileManager.default.fileExists(atPath: "\(folder)/live.m3u8"))
        let missing = try Publishing(directory.file("no/where"))
        missing.publisher.begin(encoder.stream)
        #expect(await missing.failure()?.description.contains("No such file or directory") == true)
        await missing.end(within: 0)
        let percent = try Publishing(directory.file("a%d"))
        percent.publisher.begin(encoder.stream)
        #expect(await percent.failure()?.code == .refused)
        await percent.end(within: 0)
    }

    @Test func receiverThatRefuses() async throws {
        let port = try LocalSocket.freePort()
        let publishing = try Publishing("rtmp://127.0.0.1:\(port)/app/SECRET", password: "SECRET", user: "bob")
        let encoder = try LiveMaterial.encoder()
        publishing.publisher.begin(encoder.stream)
        try LiveMaterial.frames(20, encoder: encoder) { publishing.publisher.write(.frame($0)) }
        #expect(publishing.publisher.dropped == 20)
        for _ in 0..<3 {
            let error = await publishing.failure()
            #expect(
                error?.description
                    == "rtmp://127.0.0.1:\(port)/app/***: cannot be reached (Connection refused)")
        }
        await publishing.end(within: 0)
    }

    /// Connections are accepted, or datagrams received, but never answered: FFmpeg waits in its handshake.
    @Test(arguments: ["rtmp", "rtsp", "srt"]) func receiverThatNeverAnswers(_ scheme: String) async throws {
        let socket = try LocalSocket(scheme == "srt" ? .datagrams : .connections)
        let publishing = try Publishing("\(scheme)://127.0.0.1:\(socket.port)/app/SECRET")
        let encoder = try LiveMaterial.encoder()
        publishing.publisher.begin(encoder.stream)
        try LiveMaterial.frames(20, encoder: encoder) { publishing.publisher.write(.frame($0)) }
        #expect(publishing.publisher.dropped == 20)
        // It ends far sooner than the deadline of a connection; otherwise the suite's time limit would be exceeded.
        await publishing.end(within: 0.1)
    }

    /// A suspended server stops reading: the queue fills, and packets that do not fit are dropped and counted.
    @Test func receiverThatStopsReading() async throws {
        let port = try LocalSocket.freePort()
        let url = "rtmp://127.0.0.1:\(port)/live/a"
        let server = try RunningCommand(
            "ffmpeg", ["-v", "error", "-nostdin", "-listen", "1", "-i", url, "-c", "copy", "-f", "null", "-"])
        defer { server.send(SIGKILL) }
        let publishing = try Publishing(url, packets: 100)
        let encoder = try LiveMaterial.encoder(width: 320, height: 240)
        publishing.publisher.begin(encoder.stream)
        #expect(await publishing.connected().isEmpty)
        server.send(SIGSTOP)
        // Noise of some 100 kB a frame: far more than socket buffers hold.
        let maker = CanvasMaker(format: encoder.format)
        var written = 0
        while publishing.publisher.dropped == 0, written < 2000 {
            let frame = try Fixtures.frame(
                width: 320, height: 240, index: written, pts: Int64(512 * written), noise: UInt64(written))
            for frame in try encoder.encode(maker.canvas(of: frame), wallClock: Double(written), isKeyFrame: false) {
                publishing.publisher.write(.frame(frame))
            }
            written += 1
        }
        #expect(publishing.publisher.dropped > 0)
        await publishing.end(within: 0.1)
    }

    @Test func queueDropsToTheNextKeyFrame() throws {
        let queue = PublishQueue(PublishQueue.Limits(packets: 30, bytes: .max / 2))
        let encoder = try LiveMaterial.encoder()
        queue.begin(PublishInput(encoder.stream))
        var frames: [EncodedFrame] = []
        try LiveMaterial.frames(120, encoder: encoder) { frames.append($0) }
        try queue.push(.frame(#require(frames.first)))
        #expect(queue.dropped == 1)
        queue.accept()
        var taken: [Double] = []
        for (index, frame) in frames.enumerated() {
            queue.push(.frame(frame))
            // Room becomes free while frames of the same GOP still arrive.
            if index == 40 { for _ in 0..<30 { taken.append(queue.pop()?.packet.time ?? -1) } }
        }
        queue.stop()
        while let element = queue.pop() { taken.append(element.packet.time) }
        // The first thirty frames, and thirty more from the key frame at 2 s (the 50th frame) on.
        #expect(taken == (Array(0..<30) + Array(50..<80)).map { Double($0) / 25 })
        #expect(queue.dropped == 1 + 20 + 40)
        let small = PublishQueue(PublishQueue.Limits(packets: 1000, bytes: 2000))
        small.begin(PublishInput(encoder.stream))
        small.accept()
        for frame in frames { small.push(.frame(frame)) }
        small.stop()
        var bytes = 0
        while let element = small.pop() { bytes += element.packet.byteCount }
        #expect(bytes <= 2000)
    }

    @Test func delaysGrowToAMinute() {
        var backoff = PublishBackoff()
        var delay = 1.0
        for _ in 0..<100 {
            let next = backoff.next()
            #expect(next >= delay / 2 && next <= delay)
            delay = min(60, 2 * delay)
        }
        backoff.reset()
        #expect(backoff.next() <= 1)
    }
}
