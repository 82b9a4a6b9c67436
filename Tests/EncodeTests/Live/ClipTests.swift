import CFFmpeg
import Decode
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Encode

@Suite struct ClipTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// The results passed to the completions, in order.
    final class Results: Sendable {
        let all = Mutex<[Result<Segment, MediaError>]>([])
        var completion: ClipRecorder.Completion { { [self] result in all.withLock { $0.append(result) } } }
        var segments: [Segment] { all.withLock { $0 }.compactMap { try? $0.get() } }
        var errors: [MediaError] {
            all.withLock { $0 }.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        }
    }

    // MARK: The ring

    @Test func ringKeepsWholeGroups() throws {
        var ring = PacketRing(seconds: 3, maximumBytes: .max)
        #expect(ring.packets.isEmpty)
        var index = 0
        try LiveMaterial.frames(300) { frame in
            ring.append(.frame(frame))
            index += 1
            let times = ring.packets.map(\.time)
            // The last key frame (every 2 s) that is at least 3 s old, and all packets since.
            let wanted = max(0, ((frame.time - 3) / 2).rounded(.down) * 2)
            #expect(times.first == wanted)
            #expect(times.count == index - Int((wanted * 25).rounded()))
            guard case .frame(let first)? = ring.packets.first else { return }
            #expect(first.isKeyFrame)
        }
        // At most five seconds are needed: older packets are not kept.
        #expect(ring.byteCount <= ring.packets.reduce(0) { $0 + $1.byteCount } + 50 * 4000)
    }

    @Test func ringIsBoundedInBytes() throws {
        let limit = 60_000
        var ring = PacketRing(seconds: 100, maximumBytes: limit)
        var largest = 0
        try LiveMaterial.frames(500, noise: true) { frame in
            ring.append(.frame(frame))
            largest = max(largest, ring.byteCount)
            #expect(ring.byteCount <= limit)
            #expect(ring.byteCount == ring.packets.reduce(0) { $0 + $1.byteCount })
            if case .frame(let first)? = ring.packets.first { #expect(first.isKeyFrame) }
        }
        #expect(largest > limit / 4)
        // A group that does not fit by itself is not kept, nor are its later packets.
        var small = PacketRing(seconds: 100, maximumBytes: 1000)
        try LiveMaterial.frames(60, noise: true) { frame in
            small.append(.frame(frame))
            #expect(small.byteCount <= 1000)
        }
    }

    // MARK: Clips

    /// Writes frames to a recorder; `before` is called with the index of each frame before it.
    func write(_ count: Int, _ recorder: ClipRecorder, _ encoder: LiveEncoder, before: (Int) throws -> Void) throws {
        var index = 0
        try LiveMaterial.frames(count, encoder: encoder) { frame in
            try before(index)
            recorder.write(.frame(frame))
            index += 1
        }
    }

    @Test func clipBeginsBeforeItsCause() throws {
        let encoder = try LiveMaterial.encoder()
        let recorder = ClipRecorder(preRoll: 3, stream: encoder.stream, name: "gate")
        let results = Results()
        try write(300, recorder, encoder) { index in
            // The newest frame is at 4.96 s; three seconds before that no key frame is newer than the first. The next
            // frame, at 5 s, would bring the one at 2 s.
            if index == 125 {
                recorder.start(
                    path: directory.file("event.mp4"), until: LiveMaterial.noon + 8, completion: results.completion)
            }
            if index == 201 { #expect(results.segments.count == 1) }
        }
        #expect(results.errors.isEmpty)
        let segment = try #require(results.segments.first)
        #expect(segment.path == directory.file("event.mp4"))
        #expect(segment.start == LiveMaterial.noon)
        #expect(segment.frames == 200 && abs(segment.duration - 8) < 1e-6)
        #expect(try MediaFactory.countedFrames(segment.path) == 200)
        #expect(
            try MediaFactory.probe(segment.path, ["-select_streams", "v", "-show_entries", "packet=pts_time,flags"])
                .first?.hasPrefix("0.000000,K") == true)
        #expect(try SourceOpener.open(segment.path).properties.comment == VideoWriter.mark)
        #expect(try directory.listing() == ["event.mp4"])
    }

    /// The wall clock is set back by an hour half a second after the clip was requested.
    @Test func wallClockSetBackDoesNotProlongAClip() throws {
        let encoder = try LiveMaterial.encoder()
        let recorder = ClipRecorder(preRoll: 1, stream: encoder.stream)
        let results = Results()
        try write(100, recorder, encoder) { index in
            guard index == 99 else { return }
            recorder.start(
                path: directory.file("event.mp4"), until: LiveMaterial.noon + 99 / 25.0 + 5,
                completion: results.completion)
        }
        var later = 0
        try LiveMaterial.frames(200, wallClock: LiveMaterial.noon - 3600, start: 100, encoder: encoder) { frame in
            recorder.write(.frame(frame))
            later += 1
            if later == 126 { #expect(results.segments.count == 1) }
        }
        #expect(results.errors.isEmpty && results.segments.count == 1)
    }

    @Test func clipContainsItsSound() throws {
        let recording = try LiveMaterial.recording(directory)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        let recorder = ClipRecorder(preRoll: 1, stream: encoder.stream)
        let results = Results()
        try recording.packets(encoder) { packet in
            if packet.isFrame, abs(packet.time - 3.2) < 0.001 {
                recorder.start(
                    path: directory.file("event.mp4"), until: LiveMaterial.noon + 5, completion: results.completion)
            }
            recorder.write(packet)
        }
        let segment = try #require(results.segments.first)
        #expect(segment.start == LiveMaterial.noon + 2 && segment.frames == 75)
        let times = try MediaFactory.probe(
            segment.path, ["-select_streams", "a", "-show_entries", "packet=pts_time"]
        ).compactMap(Double.init)
        #expect(try #require(times.first) < 0.03)
        #expect(try #require(times.last) > 2.9 && times.count >= 127)
    }

    @Test func clipEndsWithTheConnection() throws {
        let encoder = try LiveMaterial.encoder()
        let recorder = ClipRecorder(preRoll: 1, stream: encoder.stream)
        let results = Results()
        try write(100, recorder, encoder) { index in
            if index == 60 {
                recorder.start(
                    path: directory.file("event.mp4"), until: LiveMaterial.noon + 1000, completion: results.completion)
            }
        }
        #expect(results.segments.isEmpty)
        // A clip requested at the very end consists of the packets in the ring.
        recorder.start(path: directory.file("last.mp4"), until: .infinity, completion: results.completion)
        recorder.finish()
        #expect(results.segments.map(\.frames) == [100, 50])
        #expect(try directory.listing() == ["event.mp4", "last.mp4"])
        recorder.start(path: directory.file("late.mp4"), until: 0, completion: results.completion)
        #expect(results.errors.map(\.code) == [.cancelled])
    }

    @Test func endCanBePostponed() throws {
        let encoder = try LiveMaterial.encoder()
        let recorder = ClipRecorder(preRoll: 0, stream: encoder.stream)
        let results = Results()
        try write(200, recorder, encoder) { index in
            if index == 60 {
                for name in ["a.mp4", "b.mp4"] {
                    recorder.start(
                        path: directory.file(name), until: LiveMaterial.noon + 4, completion: results.completion)
                }
            }
            if index == 80 { recorder.extend(directory.file("b.mp4"), until: LiveMaterial.noon + 6) }
            if index == 90 { recorder.extend(until: LiveMaterial.noon + 5) }
        }
        // The clip begins with the key frame at 2 s.
        #expect(results.segments.map(\.frames) == [75, 100])
    }

    @Test func clipsFailIndependently() throws {
        let encoder = try LiveMaterial.encoder()
        let recorder = ClipRecorder(preRoll: 1, stream: encoder.stream)
        let results = Results()
        try directory.write([1], to: "taken.mp4")
        try write(150, recorder, encoder) { index in
            guard index == 60 else { return }
            for name in ["none/a.mp4", "taken.mp4", "good.mp4", "a.avi", "good.mp4"] {
                recorder.start(
                    path: directory.file(name), until: LiveMaterial.noon + 4, completion: results.completion)
            }
            // The number of simultaneous clips is limited.
            for number in 0..<10 {
                recorder.start(
                    path: directory.file("\(number).mp4"), until: LiveMaterial.noon + 4, completion: results.completion)
            }
        }
        #expect(results.errors.count == 4 + 5)
        #expect(results.errors.filter { $0.code == .refused }.count == 2 + 5)
        #expect(results.errors.filter { $0.code == .outputExists }.count == 1)
        #expect(results.segments.count == 1 + 5)
        #expect(try directory.bytes(of: "taken.mp4") == [1])
    }

    @Test func clipsAreRequestedFromAnyThread() async throws {
        let encoder = try LiveMaterial.encoder()
        let recorder = ClipRecorder(preRoll: 1, stream: encoder.stream)
        let results = Results()
        let folder = directory
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<ClipRecorder.maximumClips {
                group.addTask {
                    recorder.start(
                        path: folder.file("\(number).mp4"), until: LiveMaterial.noon + 1,
                        completion: results.completion)
                    recorder.extend(folder.file("\(number).mp4"), until: LiveMaterial.noon + 2)
                }
            }
            try? write(80, recorder, encoder) { _ in }
        }
        recorder.finish()
        #expect(results.errors.isEmpty)
        #expect(results.segments.count == ClipRecorder.maximumClips)
        for segment in results.segments { #expect(try MediaFactory.countedFrames(segment.path) == segment.frames) }
    }
}
