import CFFmpeg
import Decode
import Foundation
import TestSupport
import Testing

@testable import Encode

/// The sound of a video that is written again, compared with the source's as `ffmpeg` decodes both.
@Suite struct SoundTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    static let containers = ["mp4", "mov", "mkv", "webm", "ts"]

    /// Six seconds, each with its own tone, low enough that the containers' rounding of times matters little.
    static let sound = ["-f", "lavfi", "-i", "aevalsrc=0.5*sin(2*PI*t*(40+20*floor(t))):s=48000:d=6"]

    /// - Parameter delay: of the frames, in seconds.
    static func frame(delay: Double = 0) -> [String] {
        ["-itsoffset", "\(delay)", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=\(6 - delay)"]
    }

    func make(_ name: String, _ arguments: [String]) throws -> String {
        let path = directory.file(name)
        try MediaFactory.ffmpeg(arguments + [path])
        return path
    }

    /// The sound at 8 kHz as `ffmpeg` decodes it, from the beginning of sound or frames on, whichever is earlier.
    func decodedSound(_ path: String) throws -> [Double] {
        let bytes = try MediaFactory.ffmpeg(["-i", path, "-map", "0:a", "-ar", "8000", "-ac", "1", "-f", "s16le", "-"])
        let samples = stride(from: 0, to: bytes.count - 1, by: 2).map {
            Double(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8))
        }
        func decodedStart(_ stream: String) throws -> Double {
            let times = try MediaFactory.probe(path, ["-select_streams", stream, "-show_entries", "frame=pts_time"])
            return try #require(times.compactMap { Double($0) }.first)
        }
        let silence = max(0, try decodedStart("a") - decodedStart("v"))
        return [Double](repeating: 0, count: Int((silence * 8000).rounded())) + samples
    }

    func start(_ path: String, _ stream: String) throws -> Double {
        let times = try MediaFactory.probe(path, ["-select_streams", stream, "-show_entries", "packet=pts_time"])
        return try #require(times.compactMap(Double.init).min())
    }

    /// The greatest correlation of two sounds of which one may be up to 3 ms late.
    func greatestCorrelation(_ first: [Double], _ second: [Double]) -> Double {
        let late = (0...24).map { correlation(first.dropFirst($0), second[...]) }
        return max(late.max() ?? 0, (0...24).map { correlation(first[...], second.dropFirst($0)) }.max() ?? 0)
    }

    private func correlation(_ first: ArraySlice<Double>, _ second: ArraySlice<Double>) -> Double {
        let product = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        func power(_ samples: ArraySlice<Double>) -> Double { samples.reduce(0) { $0 + $1 * $1 } }
        return product / max((power(first) * power(second)).squareRoot(), 1)
    }

    /// - Returns: a file whose edit list begins in the middle of a GOP.
    func trimmed() throws -> String {
        let whole = try make("whole.mp4", Self.frame() + Self.sound + ["-g", "250", "-c:a", "aac"])
        return try make("trimmed.mp4", ["-ss", "2.01", "-i", whole, "-c", "copy"])
    }

    /// - Returns: a file whose edit list shows seconds 1 to 2 and 4 to 5.
    func cut() throws -> String {
        let path = try make("cut.mp4", Self.frame() + Self.sound + ["-bf", "0", "-c:a", "aac"])
        try EditList.write(
            [
                [.init(milliseconds: 1000, from: 12_800), .init(milliseconds: 1000, from: 4 * 12_800)],
                [.init(milliseconds: 1000, from: 49_024), .init(milliseconds: 1000, from: 4 * 48_000 + 1024)],
            ], into: path)
        return path
    }

    @Test("Sound that an edit list hides stays hidden", arguments: containers, [true, false])
    func hiddenSoundStaysHidden(_ ending: String, _ isCut: Bool) throws {
        let input = try isCut ? cut() : trimmed()
        // The edit list hides some sound.
        #expect(try start(input, "a") < -0.9)
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        // Copied packets cannot follow a cut exactly.
        let isTranscoded = isCut || ending == "webm"
        #expect(warnings.count == (isTranscoded ? 1 : 0), "\(warnings)")
        let (before, after) = (try decodedSound(input), try decodedSound(output))
        #expect(abs(before.count - after.count) < 400, "\(after.count) of \(before.count) samples")
        #expect(greatestCorrelation(before, after) > 0.85)
        // At most a decoder's pre-roll.
        #expect(try start(output, "a") > -0.125)
        #expect(try abs(start(output, "v")) < 0.001)
    }

    @Test("Where sound is to be copied, cuts are made at packet boundaries")
    func copiesCutSound() throws {
        let input = try cut()
        let output = directory.file("out.mkv")
        #expect(try remake(input, output, options: WriterOptions(audio: .copy)).isEmpty)
        let (before, after) = (try decodedSound(input), try decodedSound(output))
        #expect(abs(before.count - after.count) < 400)
        #expect(greatestCorrelation(before, after) > 0.8)
    }

    @Test("Sound before the first frame stays before it", arguments: containers)
    func soundBeforeTheFrames(_ ending: String) throws {
        let text = try directory.write(Array("1\n00:00:00,500 --> 00:00:01,000\nEarly\n".utf8), to: "in.srt")
        let input = try make(
            "late.mkv", Self.frame(delay: 1.5) + Self.sound + ["-i", text, "-c:a", "aac", "-c:s", "srt"])
        let output = directory.file("out.\(ending)")
        try remake(input, output, label: ending == "ts" ? nil : "label")
        // AAC's initial padding may be added, which Matroska cannot hide.
        let lead = try start(input, "v") - start(input, "a")
        #expect((1.45...1.56).contains(lead))
        #expect(try abs(start(output, "v") - lead) < 0.002)
        #expect(try MediaFactory.countedFrames(output) == 113)
        let (before, after) = (try decodedSound(input), try decodedSound(output))
        #expect(abs(before.count - after.count) < 400)
        #expect(greatestCorrelation(before, after) > 0.85)
        guard ending == "mkv" || ending == "webm" else { return }
        // The label keeps its time relative to the frames, other subtitles theirs relative to the sound.
        let texts = try MediaFactory.probe(output, ["-select_streams", "s", "-show_entries", "packet=pts_time"])
        #expect(try abs(#require(texts.compactMap(Double.init).max()) - lead) < 0.002)
        #expect(
            try ending == "webm" || abs(start(output, "s") - (start(input, "s") - start(input, "a"))) < 0.002)
    }

    @Test(
        "Frames begin at 0 beside sound whose initial padding the container hides",
        arguments: ["mp4", "mkv", "webm"], ["mp4", "mkv"])
    func opusDoesNotShiftFrames(_ ending: String, _ origin: String) throws {
        let input = try make("in.\(origin)", Self.frame() + Self.sound + ["-c:a", "libopus"])
        let output = directory.file("out.\(ending)")
        #expect(try remake(input, output).isEmpty)
        // In FFmpeg's Matroska files the frames begin after Opus' initial padding; all times are rounded to 1 ms.
        #expect(try abs(start(output, "v") - start(input, "v")) < 0.002)
        #expect(try abs(start(output, "a") + 0.0065) < 0.0015)
        #expect(try MediaFactory.packetHash(output, stream: "a") == MediaFactory.packetHash(input, stream: "a"))
        #expect(greatestCorrelation(try decodedSound(input), try decodedSound(output)) > 0.95)
    }

    @Test("Opus that is made of sound at a lower rate hides its whole run-in", arguments: [8000, 24_000, 48_000])
    func opusOfLowerRates(_ rate: Int) throws {
        let input = try make("in.mov", Self.frame() + Self.sound + ["-c:a", "pcm_s16le", "-ar", "\(rate)"])
        let output = directory.file("out.webm")
        #expect(try remake(input, output).count == 1)
        #expect(try abs(start(output, "v")) < 0.002)
        #expect(try abs(start(output, "a") + 0.0065) < 0.0015)
        #expect(greatestCorrelation(try decodedSound(input), try decodedSound(output)) > 0.95)
    }

    /// With FFmpeg 7.1, AAC over RTSP arrives without key flags. In a fragment, players do not start at such packets.
    @Test("Copied packets of AAC are marked as ones to begin with", arguments: ["mp4", "mkv"])
    func copiedPacketsAreMarked(_ ending: String) throws {
        let input = try make("in.mp4", Self.frame() + Self.sound + ["-c:a", "aac"])
        let output = directory.file("out.\(ending)")
        let source = try VideoFileSource(input)
        let options = WriterOptions(video: VideoSettings(isFragmented: true))
        let writer = try VideoWriter(path: output, source: source.properties, options: options)
        let maker = CanvasMaker(format: writer.format)
        while let item = try source.next() {
            switch item {
            case .frame(let frame): try writer.write(maker.canvas(of: frame))
            case .packet(let packet):
                packet.buffer.pointer.pointee.flags &= ~AV_PKT_FLAG_KEY
                try writer.write(packet)
            }
        }
        try writer.finish()
        let flags = try MediaFactory.probe(output, ["-select_streams", "a", "-show_entries", "packet=flags"])
        #expect(flags.count > 250 && flags.allSatisfy { $0.hasPrefix("K") }, "\(Set(flags))")
    }

    /// Since 6.0, FFmpeg's muxer writes an AAC encoder's delay, but its decoders do not discard it.
    @Test("Matroska hides no run-in but that of Opus", arguments: [true, false])
    func hidesNoOtherRunIn(_ isTranscoded: Bool) throws {
        let input = try isTranscoded ? cut() : make("in.mkv", Self.frame() + Self.sound + ["-c:a", "aac"])
        let output = directory.file("out.mkv")
        #expect(try remake(input, output).count == (isTranscoded ? 1 : 0))
        #expect(try sound(output) == ["aac"])
        let hidden = try MediaFactory.probe(
            output, ["-select_streams", "a", "-show_entries", "stream=initial_padding"])
        #expect(hidden.allSatisfy { $0.isEmpty || $0 == "0" }, "\(hidden)")
        #expect(try start(output, "a") > -0.0005)
        #expect(greatestCorrelation(try decodedSound(input), try decodedSound(output)) > 0.85)
    }

    @Test(
        "Sound that players cannot play becomes AAC in MP4 and MOV, and is copied elsewhere",
        arguments: [("ts", "mp2"), ("mkv", "ac3"), ("mkv", "eac3"), ("mov", "alac"), ("mkv", "flac")], ["mp4", "mov"])
    func playableSound(_ kind: (ending: String, codec: String), _ ending: String) throws {
        let input = try make("in.\(kind.ending)", Self.frame() + Self.sound + ["-c:a", kind.codec])
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("\(kind.codec) sound") == true, "\(warnings)")
        #expect(warnings.first?.hasSuffix("stream 1 becomes AAC, mono") == true, "\(warnings)")
        #expect(try sound(output) == ["aac"])
        #expect(greatestCorrelation(try decodedSound(input), try decodedSound(output)) > 0.85)
        let copy = directory.file("copy.mkv")
        #expect(try remake(input, copy).isEmpty)
        #expect(try sound(copy) == [kind.codec])
    }

    @Test func soundIsCopiedOrLeftOutOnRequest() throws {
        let input = try make("in.mkv", Self.frame() + Self.sound + ["-c:a", "ac3"])
        let copy = directory.file("copy.mp4")
        #expect(try remake(input, copy, options: WriterOptions(audio: .copy)).isEmpty)
        #expect(try sound(copy) == ["ac3"])
        let none = directory.file("none.mp4")
        #expect(try remake(input, none, options: WriterOptions(audio: .omitted)).isEmpty)
        #expect(try sound(none).isEmpty)
    }

    @Test(
        "The channel order is preserved",
        arguments: [("mkv", "ac3"), ("mkv", "pcm_s16le"), ("mov", "alac")], ["mp4", "webm"])
    func channelsAreKept(_ kind: (ending: String, codec: String), _ ending: String) throws {
        let levels = [0.1, 0.2, 0.3, 0, 0.4, 0.5]
        let tones = levels.map { "\($0)*sin(2*PI*t*440)" }.joined(separator: "|")
        let input = try make(
            "in.\(kind.ending)",
            Self.frame() + ["-f", "lavfi", "-i", "aevalsrc=\(tones):c=5.1:s=48000:d=2", "-c:a", kind.codec])
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        #expect(warnings.first?.hasSuffix(", 5.1") == true, "\(warnings)")
        #expect(
            try MediaFactory.probe(output, ["-select_streams", "a", "-show_entries", "stream=channels,channel_layout"])
                == ["6,5.1"])
        let bytes = try MediaFactory.ffmpeg(["-i", output, "-map", "0:a", "-ac", "6", "-f", "f32le", "-"])
        let samples = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        for (channel, level) in levels.enumerated() {
            let values = stride(from: 6 * 24_000 + channel, to: 6 * 72_000, by: 6).map { Double(samples[$0]) }
            let power = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            #expect(abs((2 * power).squareRoot() - level) < 0.03, "channel \(channel)")
        }
    }

    func sound(_ path: String) throws -> [String] {
        try MediaFactory.probe(path, ["-select_streams", "a", "-show_entries", "stream=codec_name"])
    }
}
