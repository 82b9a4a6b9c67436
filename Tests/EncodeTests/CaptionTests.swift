import CFFmpeg
import TestSupport
import Testing

@testable import Encode

/// Labels as players read them: each text with its start and its end.
@Suite struct CaptionTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Writes 4 s of frames at 25 fps with two labels and a gap between them.
    private func write(
        _ name: String, times: [Double] = (0..<100).map { Double($0) / 25 }, isFragmented: Bool = false,
        labels: [(String, Double, Double)] = [("playing cricket 93 %", 0, 1.28), ("hurling 61 %", 2.4, 3.52)]
    ) throws -> String {
        let path = directory.file(name)
        let source = Fixtures.source()
        let writer = try VideoWriter(
            path: path, source: source,
            options: WriterOptions(hasLabels: true, video: VideoSettings(isFragmented: isFragmented)))
        for (text, start, end) in labels { try writer.writeLabel(text, from: start, to: end) }
        let maker = CanvasMaker(format: writer.format)
        for (index, time) in times.enumerated() {
            let pts = Int64((time * 12_800).rounded())
            try writer.write(
                maker.canvas(of: Fixtures.frame(width: 64, height: 48, index: index, pts: pts, noise: UInt64(index))))
        }
        try writer.finish()
        return path
    }

    private func srt(_ path: String) throws -> String {
        let text = try MediaFactory.ffmpeg(["-i", path, "-map", "0:s", "-f", "srt", "-"])
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: ["mp4", "mov", "mkv", "webm"]) func captionsLastAsLongAsTheirWindows(_ ending: String) throws {
        #expect(
            try srt(write("out.\(ending)")) == """
                1
                00:00:00,000 --> 00:00:01,280
                playing cricket 93 %

                2
                00:00:02,400 --> 00:00:03,520
                hurling 61 %


                """)
    }

    /// Hours with few frames: one caption for each label, not one for every 18 minutes.
    @Test(arguments: ["mp4", "mov", "mkv"]) func captionsOfHoursAreNotSplit(_ ending: String) throws {
        let path = try write(
            "out.\(ending)", times: (0..<31).map { Double($0) * 500 },
            labels: [("one", 0, 7200.5), ("two", 7200.5, 15_000)])
        #expect(
            try srt(path) == """
                1
                00:00:00,000 --> 02:00:00,500
                one

                2
                02:00:00,500 --> 04:10:00,000
                two


                """)
    }

    /// The last caption ends with the frames and does not make the file longer.
    @Test(arguments: ["mp4", "mov"]) func captionsEndWithTheFrames(_ ending: String) throws {
        let path = try write("out.\(ending)", labels: [("label", 0, 4)])
        #expect(try srt(path) == "1\n00:00:00,000 --> 00:00:04,000\nlabel\n\n")
        #expect(try MediaFactory.probe(path, ["-show_entries", "format=duration"]) == ["4.000000"])
    }

    @Test(arguments: ["mp4", "mov"]) func indexIsAtTheBeginning(_ ending: String) throws {
        _ = try write("out.\(ending)")
        #expect(try boxes("out.\(ending)").filter { ["moov", "mdat", "moof"].contains($0) } == ["moov", "mdat"])
        _ = try write("parts.\(ending)", isFragmented: true)
        #expect(try boxes("parts.\(ending)").contains("moof"))
    }

    /// The types of a file's top-level boxes.
    private func boxes(_ name: String) throws -> [String] {
        let bytes = try directory.bytes(of: name)
        var kinds: [String] = []
        var offset = 0
        while offset + 8 <= bytes.count {
            let size = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            kinds.append(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
            try #require(size >= 8)
            offset += size
        }
        return kinds
    }

    @Test func webCaptionsAreText() {
        let cues = [
            WebVTT.Cue(text: "a <b> & c --> d\n\ne", start: -1, end: 0.5), WebVTT.Cue(text: "", start: 1, end: 2),
            WebVTT.Cue(text: "brief", start: 2, end: 2.0001), WebVTT.Cue(text: "late", start: 3661.5, end: 360_000),
            WebVTT.Cue(text: "endless", start: 0, end: .infinity),
        ]
        #expect(
            WebVTT(Array(cues.prefix(4))).document == """
                WEBVTT

                00:00:00.000 --> 00:00:00.500
                a &lt;b&gt; &amp; c --&gt; d
                e

                01:01:01.500 --> 100:00:00.000
                late

                """)
        #expect(WebVTT([]).document == "WEBVTT\n")
        #expect(WebVTT(cues).document.contains("endless"))
    }
}
