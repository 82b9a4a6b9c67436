import CFFmpeg
import Decode
import Foundation
import TestSupport
import Testing

@testable import Encode

/// Contents of a source other than frames and sound are copied, or reported as missing.
@Suite struct ExtrasTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Two sound streams of which the second is the default, tags, chapters, and a language of the video.
    private func rich(_ name: String) throws -> String {
        let chapters = try directory.write(
            Array(
                """
                ;FFMETADATA1
                title=My title
                artist=Someone
                comment=Their words
                [CHAPTER]
                TIMEBASE=1/1000
                START=0
                END=800
                title=First
                [CHAPTER]
                TIMEBASE=1/1000
                START=800
                END=2000
                title=Second

                """.utf8), to: "chapters.txt")
        let path = directory.file(name)
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=2", "-f", "lavfi", "-i", "sine=d=2",
            "-f", "lavfi", "-i", "sine=frequency=880:d=2", "-i", chapters, "-map", "0", "-map", "1", "-map", "2",
            "-map_metadata", "3", "-map_chapters", "3", "-metadata", "creation_time=2020-05-04T03:02:01Z",
            "-metadata:s:v", "language=jpn", "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=fra",
            "-metadata:s:a:1", "title=Second sound", "-disposition:a:0", "0", "-disposition:a:1", "default",
            "-c:v", "libx264", "-c:a", "aac", path,
        ])
        return path
    }

    private func entries(_ path: String, _ show: String, _ select: [String] = []) throws -> [String] {
        try MediaFactory.probe(path, select + ["-show_entries", show])
    }

    @Test(arguments: ["mp4", "mov", "mkv", "webm"], ["mp4", "mkv"])
    func supportedExtrasAreCopied(_ ending: String, _ origin: String) throws {
        let output = directory.file("out.\(ending)")
        let warnings = try remake(rich("in.\(origin)"), output)
        #expect(warnings.filter { !$0.contains("becomes Opus") }.isEmpty, "\(warnings)")
        #expect(try entries(output, "format_tags=title") == ["My title"])
        #expect(try entries(output, "format_tags=artist") == ["Someone"])
        #expect(try entries(output, "format_tags=creation_time") == ["2020-05-04T03:02:01.000000Z"])
        let comment = try SourceOpener.open(output).properties.comment
        #expect(comment == "Annotated by saliencyd\nTheir words")
        #expect(try entries(output, "stream_tags=language", ["-select_streams", "v"]) == ["jpn"])
        // QuickTime's list has another code for German.
        #expect(
            try entries(output, "stream_tags=language", ["-select_streams", "a"])
                == [ending == "mov" ? "ger" : "deu", "fra"])
        #expect(try entries(output, "stream_disposition=default", ["-select_streams", "a"]) == ["0", "1"])
        #expect(try entries(output, "chapter_tags=title") == ["First", "Second"])
        // The frames of a Matroska source begin 23 ms after time 0, at which its sound begins.
        let times = try entries(output, "chapter=start_time,end_time").flatMap { $0.split(separator: ",") }
        let differences = zip(times.compactMap { Double($0) }, [0, 0.8, 0.8, 2]).map { abs($0 - $1) }
        #expect(differences.count == 4 && differences.allSatisfy { $0 < 0.03 })
        #expect(try entries(output, "format=duration").compactMap(Double.init).allSatisfy { abs($0 - 2) < 0.1 })
    }

    /// In fragmented files, chapters are in the header.
    @Test func fragmentsHaveChaptersToo() throws {
        let output = directory.file("out.mp4")
        _ = try remake(
            rich("in.mkv"), output, options: WriterOptions(video: VideoSettings(isFragmented: true)))
        #expect(try entries(output, "chapter_tags=title") == ["First", "Second"])
        #expect(try entries(output, "format_tags=title") == ["My title"])
    }

    /// An MP4 file is not longer than its frames, whatever chapters its source has.
    @Test func chaptersEndWithTheFrames() throws {
        let source = try VideoFileSource(rich("in.mkv"))
        let output = directory.file("out.mp4")
        let writer = try VideoWriter(path: output, source: source.properties)
        let maker = CanvasMaker(format: writer.format)
        while writer.frameCount < 10, let item = try source.next() {
            if case .frame(let frame) = item { try writer.write(maker.canvas(of: frame)) }
        }
        try writer.finish()
        // The sound begins before the first frame, at time 0.
        let end = writer.firstFrameTime + 0.4
        let found = try entries(output, "chapter=end_time").compactMap(Double.init)
        #expect(found.count == 1 && found.allSatisfy { abs($0 - end) < 0.001 }, "\(found), \(end)")
        #expect(try entries(output, "format=duration").compactMap(Double.init).allSatisfy { $0 < end + 0.05 })
    }

    /// FFmpeg's muxer begins the first chapter at 0, and would keep its length.
    @Test(arguments: ["mp4", "mov"]) func aLateChapterEndsWhereItDid(_ ending: String) throws {
        let chapters = try directory.write(
            Array(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1500\ntitle=Late\n".utf8), to: "late.txt")
        let input = directory.file("late.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=2", "-i", chapters, "-map", "0", "-map_chapters",
            "1", "-c:v", "libx264", input,
        ])
        let output = directory.file("out.\(ending)")
        try remake(input, output)
        let found = try entries(output, "chapter=end_time").compactMap(Double.init)
        #expect(found.count == 1 && found.allSatisfy { abs($0 - 1.5) < 0.001 }, "\(found)")
    }

    @Test(arguments: ["ts", "avi"]) func omittedExtrasAreNamed(_ ending: String) throws {
        let warnings = try remake(rich("in.mkv"), directory.file("out.\(ending)")).joined(separator: "\n")
        #expect(warnings.contains("hold no chapters; 2 are left out"))
        #expect(warnings.contains("creation_time"))
        #expect(warnings.contains("audio stream 2 is the default; players choose audio stream 1"))
        if ending == "avi" {
            #expect(warnings.contains("hold no language of the video"))
            #expect(!warnings.contains("artist"))
        }
    }

    @Test func coversAndAttachmentsAreCopied() throws {
        let cover = directory.file("cover.png")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "color=red:s=80x80", "-frames:v", "1", cover])
        let font = try directory.write([0, 1, 0, 0, 9, 9, 9], to: "a.ttf")
        let video = directory.file("plain.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", video])
        let covered = directory.file("covered.mp4")
        try MediaFactory.ffmpeg([
            "-i", video, "-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic",
            covered,
        ])
        let attached = directory.file("attached.mkv")
        try MediaFactory.ffmpeg([
            "-i", video, "-c", "copy", "-attach", font, "-metadata:s:t", "mimetype=application/x-truetype-font",
            attached,
        ])
        for ending in ["mp4", "mkv"] {
            let output = directory.file("cover-out.\(ending)")
            #expect(try remake(covered, output).isEmpty)
            #expect(
                try entries(
                    output, "stream=codec_name,width:stream_disposition=attached_pic", ["-select_streams", "v:1"])
                    == ["png,80,1"])
            #expect(try MediaFactory.countedFrames(output) == 25)
        }
        let copy = directory.file("attached-out.mkv")
        #expect(try remake(attached, copy).isEmpty)
        #expect(try entries(copy, "stream_tags=filename", ["-select_streams", "t"]) == ["a.ttf"])
        for ending in ["mov", "webm"] {
            let warnings = try remake(covered, directory.file("cover-out.\(ending)"))
            #expect(warnings == ["\(ending) files do not hold the cover cover.png; it is left out"])
        }
        #expect(
            try remake(attached, directory.file("attached-out.mp4"))
                == ["mp4 files do not hold the attached file a.ttf; it is left out"])
    }

    @Test(arguments: ["mp4", "mov", "mkv", "webm"]) func timeCodeIsCopied(_ ending: String) throws {
        let input = directory.file("in.mov")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-timecode", "01:02:03:04", input,
        ])
        let output = directory.file("out.\(ending)")
        #expect(try remake(input, output).isEmpty)
        #expect(
            try entries(output, "stream_tags=timecode", ["-select_streams", "v"]).map { $0.replacing("\\", with: "") }
                == ["01:02:03:04"])
    }

    /// Metadata that describes all frames, from the container or from the first frame.
    @Test(arguments: ["mp4", "mov", "mkv", "webm"]) func lightLevelsAreCopied(_ ending: String) throws {
        let input = directory.file("in.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.4", "-pix_fmt", "yuv420p10le", "-c:v",
            "libx265",
            "-x265-params",
            "log-level=none:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400",
            "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", input,
        ])
        let source = try VideoFileSource(input).properties
        #expect(source.extras.properties.map(\.name) == ["mastering display", "content light level"])
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        let found = try MediaFactory.ffprobe(["-show_streams", output])
        if source.color.transfer == AVCOL_TRC_SMPTE2084, found.contains("smpte2084") {
            #expect(warnings == ["HDR is written with 8 bits per sample; its colour tags are kept"])
            #expect(found.contains("max_content=1000") && found.contains("Mastering display"))
        }
    }

    /// Other video streams and data streams are not read.
    @Test func otherStreamsAreNamed() throws {
        let input = directory.file("two.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-f", "lavfi", "-i",
            "testsrc2=size=32x32:rate=25:duration=1", "-map", "0", "-map", "1", "-c:v", "libx264", "-disposition:v:0",
            "default", input,
        ])
        #expect(try remake(input, directory.file("out.mp4")) == ["video stream 1 (h264) is left out"])
    }
}
