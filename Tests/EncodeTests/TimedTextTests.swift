import CFFmpeg
import Decode
import Media
import TestSupport
import Testing

@testable import Encode

/// FFmpeg's MP4 muxer aborts the process for some timings of text: labels and copied text of any timing, with frames of
/// any time base, must not cause that.
@Suite(.serialized) struct TimedTextTests {
    let directory: TemporaryDirectory
    let input: String

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
        let cues = (0..<6).map { "\($0 + 1)\n00:00:0\($0),\($0)00 --> 00:00:0\($0),900\ncue \($0)\n" }
        let text = try directory.write(Array(cues.joined(separator: "\n").utf8), to: "in.srt")
        input = directory.file("in.mp4")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=6", "-f", "lavfi", "-i", "sine=d=6", "-i", text,
            "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-c:s", "mov_text", input,
        ])
    }

    @Test(arguments: 0..<12)
    func anyTimingIsWritten(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let source = try VideoFileSource(input)
        var properties = source.properties
        properties.timeBase = Rational(1, [25, 90, 600, 12_800, 90_000, 1_000_000][seed % 6])
        let path = directory.file("out-\(seed).\(seed % 2 == 0 ? "mp4" : "mov")")
        let writer = try VideoWriter(path: path, source: properties, options: WriterOptions(hasLabels: true))
        let maker = CanvasMaker(format: writer.format)
        // Labels arrive up to a second before or after their frames.
        let lead = Double(seed % 3) - 1
        var labelled = 0.0
        var labelCount = 0
        while let item = try source.next() {
            switch item {
            case .packet(let packet): try writer.write(packet)
            case .frame(let frame):
                while labelled < frame.time + lead {
                    let start = labelled + Double(generator.next() % 2) * Double(generator.next() % 1000) / 1000
                    let end = start + Double(1 + generator.next() % 2000) / 1000
                    try writer.writeLabel("label", from: start, to: end)
                    labelCount += 1
                    labelled = end
                }
                // A frame of new noise becomes a key frame, which begins a fragment.
                let noise = generator.next() % 7 == 0 ? generator.next() : 5
                let pts = Int64((frame.time / properties.timeBase.value).rounded())
                try writer.write(
                    maker.canvas(of: Fixtures.frame(width: 64, height: 48, index: frame.index, pts: pts, noise: noise)))
            }
        }
        try writer.finish()
        let sizes = try MediaFactory.probe(path, ["-select_streams", "s:1", "-show_entries", "packet=size"])
        #expect(sizes.filter { $0 == "7" }.count == labelCount)
        let copied = try MediaFactory.probe(path, ["-select_streams", "s:0", "-show_entries", "packet=size"])
        #expect(copied.filter { $0 == "7" }.count == 6)
    }
}
