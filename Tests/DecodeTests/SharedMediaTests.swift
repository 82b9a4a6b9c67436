import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// Real clips, compared with the `ffmpeg` command.
@Suite(.tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
struct SharedMediaTests {
    @Test(arguments: [
        "arm_wrestling.mp4", "corrupted.mp4", "cricket_shot.gif", "flipping_a_pancake.mkv", "h265_video.mp4",
        "skeleton.mp4", "stdet.mp4", "video_90.mov",
    ])
    func decodesAsManyFramesAsFFmpeg(name: String) throws {
        let path = try #require(SharedMaterial.path("media/" + name))
        let source = try SourceOpener.open(path)
        let reading = try CountedReading(source)
        #expect(reading.frameCount == (try MediaFactory.countedFrames(path)))
        #expect(reading.isIncreasing)
        if name == "corrupted.mp4" {
            #expect(source.warnings.contains { $0.kind == .corruptPackets })
        } else {
            #expect(source.warnings.isEmpty, "\(source.warnings)")
        }
    }

    @Test func gifComesThroughBitForBit() throws {
        let path = try #require(SharedMaterial.path("media/cricket_shot.gif"))
        let source = try SourceOpener.open(path)
        let converter = try FrameConverter(source: source.properties, preparation: FramePreparation())
        var pixels: [UInt8] = []
        while let item = try source.next() {
            if case .frame(let frame) = item { pixels += try converter.convert(frame).bytes }
        }
        #expect(pixels == (try MediaFactory.rgbFrames(path)))
    }
}

/// Reads a source without keeping its frames.
struct CountedReading {
    var frameCount = 0
    var packetCount = 0
    var isIncreasing = true

    init(_ source: any FrameSource) throws(MediaError) {
        var last: Int64?
        while let item = try source.next() {
            switch item {
            case .frame(let frame):
                if let last, frame.pts <= last { isIncreasing = false }
                if frame.index != frameCount { isIncreasing = false }
                last = frame.pts
                frameCount += 1
            case .packet: packetCount += 1
            }
        }
    }
}
