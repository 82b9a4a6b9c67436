import Concurrency
import Glibc
import Media
import TestSupport
import Testing

@testable import Decode

struct LoopTests {
    private func loop(_ path: String, _ time: FakeTime, _ cancellation: Cancellation = Cancellation()) throws
        -> LiveSource
    {
        try LiveSource(StreamAddress("loop:\(path)"), options: .test(), cancellation: cancellation, wait: time.wait)
    }

    @Test func fileIsRepeated() throws {
        let directory = try TemporaryDirectory()
        let time = FakeTime()
        let source = try loop(try LiveMaterial.path(directory, "a b.mp4", seconds: 1, sound: 1), time)
        #expect(source.properties.name == "loop:" + directory.file("a b.mp4"))
        let reading = LiveReading(source, limit: 80)
        #expect(reading.error == nil && reading.frames.count == 80)
        #expect(reading.gaps == [25, 50, 75] && reading.isIncreasing)
        #expect(zip(reading.times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 0.001 })
        #expect(reading.frames.map(\.frame.index) == Array(0..<80))
        #expect(time.waits.count == 79 && time.waits.allSatisfy { abs($0 - 0.04) < 0.002 })
        let stamps = reading.packets.map { $0.buffer.pointer.pointee.pts }
        #expect((stamps.last ?? 0) > 44_100 * 5 / 2)
    }

    @Test func cancellationEndsTheWait() throws {
        let directory = try TemporaryDirectory()
        let cancellation = Cancellation()
        // Two frames, a minute apart.
        let path = try LiveMaterial.path(
            directory, "slow.mkv", seconds: 0.08, ["-vf", "setpts=N*50/TB", "-fps_mode", "vfr"])
        let source = try LiveSource(
            StreamAddress("loop:\(path)"), options: .test(), cancellation: cancellation,
            wait: LiveWait(now: { .now }) { instant, cancellation in
                cancellation.cancel()
                LiveWait.system.until(instant, cancellation)
            })
        let reading = LiveReading(source)
        #expect(reading.error?.code == .cancelled)
        #expect(reading.frames.count == 1)
    }

    @Test func filesThatAreNotVideosAreRefused() throws {
        let directory = try TemporaryDirectory()
        let time = FakeTime()
        for path in [directory.path, directory.file("missing.mp4")] {
            let error = #expect(throws: MediaError.self) { _ = try loop(path, time) }
            #expect(error?.file == "loop:\(path)")
        }
    }

    @Test func removedFileEndsTheLoop() throws {
        let directory = try TemporaryDirectory()
        let path = try LiveMaterial.path(directory, "a.mp4", seconds: 0.4)
        let source = try loop(path, FakeTime())
        try #require(unlinkFile(path))
        let reading = LiveReading(source)
        #expect(reading.error?.code == .cannotOpen && reading.frames.count == 10)
    }

    private func unlinkFile(_ path: String) -> Bool { unlink(path) == 0 }
}
