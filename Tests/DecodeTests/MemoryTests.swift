import TestSupport
import Testing

@testable import Decode

/// The frames in memory while a source is read. Objects are counted, since other tests share this process's memory.
struct MemoryTests {
    private struct Weak {
        weak var object: AnyObject?
    }

    @Test func framesLiveOnlyAsLongAsTheyAreUsed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("long.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=20", "-f", "lavfi", "-i", "sine=d=20", "-c:v", "mpeg4",
            "-c:a", "aac", path,
        ])
        let source = try SourceOpener.open(path)
        let clip = try ClipWindow(
            source: source.properties, preparation: FramePreparation(shortSide: 32, width: 32, height: 32),
            length: 16, stride: 8, rate: .framesPerSecond(10))
        var alive: [Weak] = []
        var clipFrames: [Weak] = []
        var count = 0
        var maximumAlive = 0
        var windowCount = 0
        while let item = try source.next() {
            switch item {
            case .packet(let packet): alive.append(Weak(object: packet))
            case .frame(let frame):
                count += 1
                alive.append(Weak(object: frame))
                for window in try clip.append(frame) {
                    windowCount += 1
                    clipFrames += window.frames.map { Weak(object: $0) }
                }
            }
            alive.removeAll { $0.object == nil }
            maximumAlive = max(maximumAlive, alive.count)
            #expect(clip.heldCount <= 16)
        }
        #expect(count == 500)
        windowCount += try clip.finish().count
        #expect(windowCount == 24)
        // The current item, and the frame that waits for the time of its successor.
        #expect(maximumAlive <= 2)
        #expect(clipFrames.allSatisfy { $0.object == nil })
    }
}
