import Encode
import Media
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite struct LiveClipsTests {
    private let folder: TemporaryDirectory
    private let clip: EncodedClip

    init() throws {
        folder = try TemporaryDirectory()
        clip = try EncodedClip(folder, frames: 100, keyInterval: 10)
    }

    private final class Results: Sendable {
        private let all = Mutex<[Result<Segment, MediaError>]>([])
        func add(_ result: Result<Segment, MediaError>) { all.withLock { $0.append(result) } }
        var segments: [Segment] { all.withLock { $0 }.compactMap { try? $0.get() } }
        var count: Int { all.withLock { $0.count } }
    }

    private func write(_ clips: LiveClips, _ range: Range<Int>) {
        for frame in clip.frames[range] { clips.write(.frame(frame)) }
    }

    @Test func clipBeginsBeforeItsRequest() throws {
        let (clips, results) = (LiveClips(preRoll: 1), Results())
        clips.begin(clip.stream)
        write(clips, 0..<50)
        #expect(clips.start(path: folder.file("a.mp4"), until: EncodedClip.start + 3, completion: results.add))
        write(clips, 50..<100)
        let segment = try #require(results.segments.first)
        #expect(results.count == 1 && segment.path == folder.file("a.mp4"))
        // A second before frame 49, from the key frame before that.
        #expect(segment.start == EncodedClip.start + 0.8)
        #expect(segment.frames == 55)
        #expect(try MediaFactory.countedFrames(segment.path) == 55)
    }

    @Test func connectionsEndEndsTheClip() throws {
        let (clips, results) = (LiveClips(preRoll: 0), Results())
        clips.begin(clip.stream)
        write(clips, 0..<21)
        #expect(clips.start(path: folder.file("a.mp4"), until: EncodedClip.start + 100, completion: results.add))
        write(clips, 21..<30)
        #expect(results.count == 0)
        clips.finish()
        #expect(results.segments.map(\.frames) == [10])
    }

    @Test func noClipWithoutAConnection() throws {
        let (clips, results) = (LiveClips(preRoll: 10), Results())
        #expect(!clips.start(path: folder.file("a.mp4"), until: 0, completion: results.add))
        clips.begin(clip.stream)
        write(clips, 0..<30)
        clips.finish()
        #expect(!clips.start(path: folder.file("a.mp4"), until: 0, completion: results.add))
        #expect(results.count == 0)
        // The clip of the next connection contains no frame of the one before.
        clips.begin(clip.stream)
        write(clips, 40..<51)
        #expect(clips.start(path: folder.file("a.mp4"), until: .infinity, completion: results.add))
        clips.finish()
        #expect(results.segments.map(\.start) == [EncodedClip.start + 1.6])
    }
}
