import CFFmpeg
import Foundation
import TestSupport
import Testing

@testable import Encode

/// Files are written again, and `ffprobe`'s output for source and result is compared.
@Suite struct RemakeTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    func make(_ name: String, _ arguments: [String]) throws -> String {
        let path = directory.file(name)
        try MediaFactory.ffmpeg(arguments + [path])
        return path
    }

    static let frame = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2"]
    static let sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=44100"]

    @Test("Sound is copied bit for bit and stays in sync", arguments: ["mp4", "mov", "mkv", "ts"])
    func soundIsCopied(_ ending: String) throws {
        let input = try make("in.mp4", Self.frame + Self.sound + ["-c:v", "libx264", "-c:a", "aac"])
        let output = directory.file("out.\(ending)")
        #expect(try remake(input, output).isEmpty)
        // Packets of MP4 are raw AAC; those of a transport stream have a header each.
        if ending == "mp4" || ending == "mov" {
            #expect(try MediaFactory.packetHash(output, stream: "a") == MediaFactory.packetHash(input, stream: "a"))
        }
        #expect(try MediaFactory.countedFrames(output) == 50)
        func offset(_ path: String) throws -> Double {
            let video = try MediaFactory.probe(path, ["-select_streams", "v", "-show_entries", "packet=pts_time"])
            let audio = try MediaFactory.probe(path, ["-select_streams", "a", "-show_entries", "packet=pts_time"])
            // The second sound packet: containers without edit lists omit the first, which is only the codec's initial
            // padding.
            let times = audio.compactMap(Double.init).filter { $0 >= (Double(video[0]) ?? 0) - 0.001 }
            return try #require(times.first) - #require(Double(video[0]))
        }
        #expect(abs(try offset(output) - offset(input)) < 0.002)
    }

    /// Transport streams describe AAC in every packet, most other containers once.
    @Test("A transport stream's AAC is copied", arguments: ["mp4", "mov", "mkv", "avi", "ts"])
    func soundOfATransportStreamIsCopied(_ ending: String) throws {
        let original = try make("in.mp4", Self.frame + Self.sound + ["-c:v", "libx264", "-c:a", "aac"])
        let input = try make("in.ts", ["-i", original, "-c", "copy"])
        let output = directory.file("out.\(ending)")
        #expect(try remake(input, output).isEmpty)
        #expect(try MediaFactory.countedFrames(output) == 50)
        if ending == "mp4" || ending == "mov" {
            #expect(try MediaFactory.packetHash(output, stream: "a") == MediaFactory.packetHash(original, stream: "a"))
        }
        func sound(_ path: String) throws -> [String] {
            try MediaFactory.probe(
                path, ["-select_streams", "a", "-show_entries", "stream=codec_name,sample_rate"])
        }
        #expect(try sound(output).first == sound(original).first)
    }

    @Test func soundBeforeAndAfterTheFrames() throws {
        // Sound starts 0.5 s after the frames, and still does in the output.
        let input = try make(
            "late.mkv",
            Self.frame + ["-itsoffset", "0.5"] + Self.sound + ["-c:v", "libx264", "-bf", "0", "-c:a", "flac"])
        let output = directory.file("late-out.mkv")
        #expect(try remake(input, output).isEmpty)
        let times = try MediaFactory.probe(output, ["-select_streams", "a", "-show_entries", "packet=pts_time"])
        #expect(abs((Double(times[0]) ?? 0) - 0.5) < 0.002)
        #expect(try MediaFactory.packetHash(output, stream: "a") == MediaFactory.packetHash(input, stream: "a"))
    }

    @Test("Telephone sound becomes AAC in MP4 and Opus in WebM", arguments: [("mp4", "aac"), ("webm", "opus")])
    func soundIsTranscoded(_ ending: String, _ codec: String) throws {
        let input = try make(
            "in.mkv",
            Self.frame + ["-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=8000"]
                + ["-c:v", "libx264", "-c:a", "pcm_mulaw"])
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("pcm_mulaw") == true)
        let stream = try MediaFactory.probe(
            output, ["-select_streams", "a", "-show_entries", "stream=codec_name,channels"])
        #expect(stream == ["\(codec),1"])
        // As long as before, up to one frame of the codec (1024 samples) at each end, and with the power of the sine.
        let samples = try samples(output)
        let seconds = Double(samples.count) / 8000
        #expect(abs(seconds - 2) < 0.256)
        let middle = samples[4000..<12_000].map(Double.init)
        let original = try self.samples(input)[4000..<12_000].map(Double.init)
        func power(_ samples: [Double]) -> Double { samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count) }
        #expect(abs(power(middle) / power(original) - 1) < 0.1)
    }

    func samples(_ path: String) throws -> [Int16] {
        let bytes = try MediaFactory.ffmpeg(["-i", path, "-map", "0:a", "-ar", "8000", "-ac", "1", "-f", "s16le", "-"])
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)
        }
    }

    @Test(
        "Colour, range and pixel aspect ratio are the source's",
        arguments: [
            ["yuv420p", "colorspace=bt709:color_primaries=bt709:color_trc=bt709"],
            ["yuv420p", "colorspace=smpte170m:color_primaries=smpte170m:color_trc=smpte170m"],
            ["yuv420p", "range=pc:colorspace=bt470bg:color_primaries=bt470bg:color_trc=bt470bg"],
            ["yuv420p10le", "colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084"],
        ])
    func colorIsTagged(_ arguments: [String]) throws {
        // What the frames say: FFmpeg 7 passes over an encoder's options that they contradict.
        let filter = "format=\(arguments[0]),setsar=16/11,setparams=\(arguments[1])"
        let input = try make("in.mp4", Self.frame + ["-vf", filter, "-c:v", "libx264"])
        let output = directory.file("out.mp4")
        try remake(input, output)
        let entries = "stream=width,height,sample_aspect_ratio,color_range,color_space,color_transfer,color_primaries"
        #expect(
            try MediaFactory.probe(output, ["-show_entries", entries])
                == MediaFactory.probe(input, ["-show_entries", entries]).map {
                    $0.replacingOccurrences(of: "unknown", with: "tv")
                })
    }

    @Test(
        "Frames are unchanged but for compression",
        arguments: [
            "yuv420p", "yuvj420p", "yuv444p", "yuv420p10le", "yuv422p", "rgb24", "gray",
        ])
    func framesAreKept(_ pixelFormat: String) throws {
        let input = try make(
            "in.mkv",
            [
                "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=0.4,format=yuv444p,boxblur=4:1:4:1", "-c:v",
                "ffv1",
            ] + ["-pix_fmt", pixelFormat])
        let output = directory.file("out.mp4")
        try remake(input, output)
        // Both are converted to RGB by the same command, with chroma on the left column; the differences are x264 at
        // crf 18 and the halved chroma.
        let chroma = "in_h_chr_pos=0:in_v_chr_pos=128:flags=bicubic+full_chroma_int+full_chroma_inp+accurate_rnd"
        let before = try MediaFactory.rgbFrames(input, filter: "scale=\(chroma),format=rgb24")
        let after = try MediaFactory.rgbFrames(output, filter: "scale=\(chroma),format=rgb24")
        #expect(before.count == after.count)
        let error = zip(before, after).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
        // 33 dB; half a pixel of chroma gives 29, a wrong matrix or range less.
        #expect(error / Double(before.count) < 32)
    }

    @Test func timesOfAVariableRateSourceAreEqual() throws {
        let input = try make(
            "vfr.mp4",
            Self.frame + ["-vf", "select='not(mod(n,3))+gt(random(0),0.6)'", "-fps_mode", "vfr", "-c:v", "libx264"])
        let output = directory.file("out.mp4")
        try remake(input, output)
        #expect(
            try MediaFactory.packetTimes(output).sorted() == MediaFactory.packetTimes(input).sorted())
        let entries = ["-show_entries", "stream=duration"]
        #expect(try MediaFactory.probe(output, entries) == MediaFactory.probe(input, entries))
    }

    @Test func subtitlesAreCopiedOrReported() throws {
        let text = try directory.write(Array("1\n00:00:00,500 --> 00:00:01,500\nHello\n".utf8), to: "in.srt")
        let input = try make("in.mkv", Self.frame + ["-i", text, "-c:v", "libx264", "-c:s", "srt"])
        let copied = directory.file("out.mkv")
        #expect(try remake(input, copied).isEmpty)
        #expect(
            try MediaFactory.probe(copied, ["-select_streams", "s", "-show_entries", "packet=pts_time,duration_time"])
                == ["0.500000,1.000000"])
        // MP4 does not support SubRip, but can contain its text.
        let converted = directory.file("out.mp4")
        #expect(try remake(input, converted).isEmpty)
        #expect(
            try MediaFactory.probe(converted, ["-select_streams", "s", "-show_entries", "packet=pts_time,size"])
                == ["0.000000,2", "0.500000,7", "1.500000,2", "1.999979,2", "1.999990,2"])
        // Then timed text from MP4 to MP4.
        let again = directory.file("again.mp4")
        #expect(try remake(converted, again).isEmpty)
        #expect(
            try MediaFactory.probe(again, ["-select_streams", "s", "-show_entries", "packet=pts_time,size"])
                == ["0.000000,2", "0.500000,7", "1.500000,2", "1.999979,2", "1.999990,2"])
        // The text track ends with the frames, not later.
        for path in [converted, again] {
            #expect(try MediaFactory.probe(path, ["-show_entries", "format=duration"]) == ["2.000000"])
        }
        // A container without text.
        let dropped = try remake(input, directory.file("out.ts"))
        #expect(dropped == ["ts files hold no subrip subtitles; stream 1 is left out"])
    }

    /// Two subtitles, one of which has styles; the text of packets as `ffprobe` prints it.
    @Test(
        "Text subtitles become the container's own", arguments: ["mp4", "mov", "mkv", "webm"],
        ["mov_text", "subrip", "ass", "webvtt"])
    func textSubtitlesAreKept(_ ending: String, _ codec: String) throws {
        let cues = "1\n00:00:00,500 --> 00:00:01,000\nA & <i>B</i>\nsecond\n\n2\n00:00:01,200 --> 00:00:01,800\nplain\n"
        let text = try directory.write(Array(cues.utf8), to: "in.srt")
        let input = try make(
            codec == "mov_text" ? "in.mp4" : "in.mkv",
            Self.frame + ["-i", text, "-c:v", "libx264", "-c:s", codec, "-metadata:s:s:0", "language=deu"])
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        let found = String(
            decoding: try MediaFactory.ffmpeg(["-i", output, "-map", "0:s", "-f", "webvtt", "-"]), as: UTF8.self)
        let times = found.split(separator: "\n").filter { $0.contains("-->") }
        #expect(times == ["00:00.500 --> 00:01.000", "00:01.200 --> 00:01.800"], "\(found)")
        let words = found.replacing(/<\/?i>/, with: "").replacing("&amp;", with: "&")
        #expect(words.contains("A & B\nsecond\n") && words.contains("\nplain\n"), "\(found)")
        #expect(
            try MediaFactory.probe(output, ["-select_streams", "s", "-show_entries", "stream_tags=language"])
                .allSatisfy { ["deu", "ger"].contains($0) })
        // Copied text keeps its styles; converted text is reported with the number of lost styles.
        let isCopied =
            ending == "mkv" ? codec != "mov_text" : ending == "webm" ? codec == "webvtt" : codec == "mov_text"
        let lost = codec == "ass" ? "2 texts" : "1 text"
        #expect(
            warnings
                == (isCopied
                    ? [] : ["subtitle stream 1 becomes plain text: styles and places of \(lost) are left out"]))
    }

    @Test func textOfEveryKindOfSubtitle() {
        func text(_ bytes: [UInt8], _ codec: AVCodecID) -> (String, Bool) {
            let subtitle = SubtitleText(bytes, codec: codec)
            return (subtitle.text, subtitle.isStyled)
        }
        func text(_ string: String, _ codec: AVCodecID) -> (String, Bool) { text(Array(string.utf8), codec) }
        #expect(text("a < b", AV_CODEC_ID_SUBRIP) == ("a < b", false))
        #expect(text("<v Roger>1 &lt; 2 &amp;lt;", AV_CODEC_ID_WEBVTT) == ("1 < 2 &lt;", true))
        #expect(
            text("0,0,Default,,0,0,0,,{\\b1}One{\\b0}, two\\Nthree <3", AV_CODEC_ID_ASS) == ("One, two\nthree <3", true)
        )
        #expect(text("0,0,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}", AV_CODEC_ID_ASS) == ("", true))
        #expect(text("0,0,Default,,0,0,0,,{\\pos(1,2)}\\p1 {\\p0}", AV_CODEC_ID_ASS) == ("\\p1 ", true))
        #expect(text("no event", AV_CODEC_ID_ASS) == ("", false))
        #expect(text([0, 2, 0x68, 0x69], AV_CODEC_ID_MOV_TEXT) == ("hi", false))
        #expect(text([0, 2, 0x68, 0x69, 0, 0, 0, 8], AV_CODEC_ID_MOV_TEXT) == ("hi", true))
        #expect(text([0, 6, 0xfe, 0xff, 0, 0x68, 0x20, 0xac], AV_CODEC_ID_MOV_TEXT) == ("h€", false))
        // Unclosed brackets do not take longer than others.
        let open = String(repeating: "{\\", count: 1 << 16)
        #expect(text("0,0,Default,,0,0,0,," + open, AV_CODEC_ID_ASS).1)
        // Wrong lengths.
        #expect(text([0xff, 0xff, 0x68], AV_CODEC_ID_MOV_TEXT) == ("h", false))
        #expect(text([7], AV_CODEC_ID_MOV_TEXT) == ("", false))
    }

    @Test func markupIsRemovedFromText() {
        #expect(SubtitleText.plain("<i>Hello</i> {\\an8}there") == "Hello there")
        #expect(SubtitleText.plain("1 < 2") == "1 < 2")
    }
}
