import CFFmpeg
import Decode
import TestSupport
import Testing

@testable import Encode

/// Real clips are written again, and `ffprobe`'s output for source and result is compared.
@Suite struct SharedClipTests {
    @Test(
        .tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)),
        arguments: [
            "arm_wrestling.mp4", "cricket_shot.gif", "flipping_a_pancake.mkv", "h265_video.mp4", "skeleton.mp4",
            "stdet.mp4",
            "video_90.mov",
        ])
    func remade(_ name: String) throws {
        av_log_set_level(AV_LOG_QUIET)
        let directory = try TemporaryDirectory()
        let input = try #require(SharedMaterial.path("media/\(name)"))
        let output = directory.file("out.mp4")
        let source = try VideoFileSource(input)
        let writer = try VideoWriter(path: output, source: source.properties)
        let maker = CanvasMaker(format: writer.format)
        var times: [Int64] = []
        while let item = try source.next() {
            switch item {
            case .frame(let frame):
                times.append(frame.pts)
                try writer.write(maker.canvas(of: frame))
            case .packet(let packet): try writer.write(packet)
            }
        }
        try writer.finish()
        #expect(writer.warnings.isEmpty)
        let scale = Int64(source.properties.timeBase.numerator)
        #expect(try MediaFactory.packetTimes(output) == times.map { ($0 - times[0]) * scale })
        #expect(try MediaFactory.countedFrames(output) == MediaFactory.countedFrames(input))
        let stream = try MediaFactory.probe(output, ["-select_streams", "v", "-show_entries", "stream=duration"])
        if let duration = source.properties.duration, let found = Double(stream[0]) {
            // Containers state it to a millisecond; a GIF's and Matroska's last frame is as long as the one before.
            #expect(abs(found - duration) < 0.002 || name.hasSuffix(".mkv"))
        }
        if !source.properties.auxiliaryStreams.isEmpty {
            #expect(try MediaFactory.packetHash(output, stream: "a") == MediaFactory.packetHash(input, stream: "a"))
        }
    }
}
