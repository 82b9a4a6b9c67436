import CFFmpeg
import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// Files of every kind, compared with the `ffmpeg` command.
struct VideoFileTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        var encoder: String
        var container: String
        var format: String
        var more: [String] = []
        var testDescription: String { "\(encoder) \(format) in \(container)" }

        static let all: [Kind] = [
            Kind(encoder: "libx264", container: "mp4", format: "yuv420p", more: ["-bf", "2"]),
            Kind(encoder: "libx264", container: "mkv", format: "yuv420p", more: ["-bf", "2"]),
            Kind(encoder: "libx264", container: "mov", format: "yuv422p"),
            Kind(encoder: "libx264", container: "ts", format: "yuv420p", more: ["-bf", "2"]),
            Kind(encoder: "libx264", container: "flv", format: "yuv420p"),
            Kind(encoder: "libx264", container: "avi", format: "yuv420p", more: ["-bf", "0"]),
            Kind(encoder: "libx264", container: "mp4", format: "yuv420p10le", more: ["-color_range", "pc"]),
            Kind(encoder: "libx265", container: "mp4", format: "yuv420p", more: ["-x265-params", "log-level=none"]),
            Kind(
                encoder: "libx265", container: "mkv", format: "yuv420p10le", more: ["-x265-params", "log-level=none"]),
            Kind(encoder: "libaom-av1", container: "mp4", format: "yuv420p", more: ["-cpu-used", "8"]),
            Kind(encoder: "libaom-av1", container: "webm", format: "yuv420p10le", more: ["-cpu-used", "8"]),
            Kind(encoder: "mpeg4", container: "avi", format: "yuv420p"),
            Kind(encoder: "mpeg4", container: "mp4", format: "yuv420p", more: ["-bf", "2"]),
            Kind(encoder: "libvpx-vp9", container: "webm", format: "yuv420p", more: ["-deadline", "realtime"]),
            Kind(encoder: "libvpx-vp9", container: "mkv", format: "yuv444p", more: ["-deadline", "realtime"]),
            Kind(encoder: "gif", container: "gif", format: "pal8"),
            Kind(encoder: "mjpeg", container: "avi", format: "yuvj422p"),
            Kind(encoder: "ffv1", container: "mkv", format: "gbrp10le"),
            Kind(encoder: "mpeg2video", container: "mpg", format: "yuv420p", more: ["-bf", "2"]),
            Kind(encoder: "prores_ks", container: "mov", format: "yuv422p10le"),
        ]
    }

    @Test(arguments: Kind.all)
    func decodesLikeFFmpeg(_ kind: Kind) throws {
        guard MediaFactory.hasEncoder(kind.encoder) else {
            print("skipped: this build of ffmpeg has no encoder \(kind.encoder)")
            return
        }
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.\(kind.container)")
        try MediaFactory.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=70x50:r=25:d=0.52", "-c:v", kind.encoder]
                + (kind.format == "pal8" ? [] : ["-pix_fmt", kind.format]) + kind.more + [path])
        let source = try SourceOpener.open(path)
        let p = source.properties
        let reading = try Reading(source)
        #expect((p.width, p.height) == (70, 50))
        #expect(p.rotation == 0)
        #expect(reading.frames.count == (try MediaFactory.countedFrames(path)))
        #expect(reading.frames.count == 13)
        #expect(reading.frames.map(\.index) == Array(0..<13))
        #expect(reading.warnings.isEmpty, "\(reading.warnings)")
        // FLV and MPEG-PS state or imply up to two more frames.
        if let estimate = p.estimatedFrameCount { #expect(abs(estimate - 13) <= 2) }
        if let duration = p.duration { #expect(abs(duration - 0.52) < 0.081) }
        for (k, frame) in reading.frames.enumerated() {
            // Containers round times to their tick: at most 10 ms (GIF).
            #expect(abs(frame.time - Double(k) / 25) < 0.0101)
            #expect(!frame.isCorrupt)
        }
        let converter = try FrameConverter(source: p, preparation: .unchanged(p))
        let bytes = try reading.frames.flatMap { try converter.convert($0).bytes }
        let horizontal = p.color.range == AVCOL_RANGE_JPEG && kind.encoder == "mjpeg" ? 128 : 0
        // Planar, because FFmpeg misplaces the chroma of packed RGB (ChromaPlacementTests).
        let expected = try MediaFactory.rgbFrames(
            path,
            filter: kind.format.hasPrefix("yuv")
                ? "scale=in_h_chr_pos=\(kind.format.contains("444") ? -513 : horizontal)"
                    + ":flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=gbrp" : nil)
        // The same library with the same settings; both round once.
        #expect(bytes.count == expected.count)
        let largest = zip(bytes, expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
        #expect(largest <= 1, "differs by \(largest)")
    }

    @Test func soundAndSubtitlesAreRead() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.mkv")
        try "1\n00:00:00,100 --> 00:00:00,500\nhello\n".write(
            toFile: directory.file("s.srt"), atomically: true, encoding: .utf8)
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1", "-i",
            directory.file("s.srt"), "-map", "0", "-map", "1", "-map", "2", "-c:v", "mpeg4", "-c:a", "aac", "-c:s",
            "srt", "-metadata:s:a:0", "language=deu", path,
        ])
        let source = try SourceOpener.open(path)
        let sides = source.properties.auxiliaryStreams
        #expect(sides.map(\.kind) == [.audio, .subtitle])
        #expect(sides.first?.language == "deu" || sides.first?.language == "ger")
        let reading = try Reading(source)
        #expect(reading.frames.count == 25)
        let counted = try MediaFactory.ffprobe([
            "-count_packets", "-select_streams", "a", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", path,
        ])
        #expect(reading.packets.filter { $0.stream == sides[0].index }.count == Int(counted))
        #expect(reading.packets.filter { $0.stream == sides[1].index }.count == 1)
    }

    @Test func soundKeepsItsOffset() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.mkv")
        try MediaFactory.ffmpeg([
            "-itsoffset", "0.48", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1.48",
            "-map", "0", "-map", "1", "-c:v", "mpeg4", "-c:a", "pcm_s16le", path,
        ])
        let source = try SourceOpener.open(path)
        let side = try #require(source.properties.auxiliaryStreams.first)
        #expect(abs(source.properties.startTime - 0.48) < 0.002)
        #expect(abs(side.videoStartOffset + 0.48) < 0.002)
        let first = try #require(try Reading(source).frames.first)
        #expect(first.time == 0 && first.index == 0)
    }

    @Test func coverImagesAreNotVideo() throws {
        let directory = try TemporaryDirectory()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc=s=64x64:d=0.04", "-frames:v", "1", directory.file("c.png"),
        ])
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "sine=d=1", "-i", directory.file("c.png"), "-map", "0", "-map", "1", "-c:a", "aac",
            "-c:v", "copy", "-disposition:v:0", "attached_pic", directory.file("song.mp4"),
        ])
        #expect { try SourceOpener.open(directory.file("song.mp4")) } throws: {
            ($0 as? MediaError)?.code == .noVideo
        }
    }

    @Test func theBestVideoStreamIsShown() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("two.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=32x32:r=5:d=1", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=1", "-map",
            "0", "-map", "1", "-c:v", "mpeg4", "-disposition:v:0", "0", "-disposition:v:1", "0", path,
        ])
        let source = try SourceOpener.open(path)
        #expect(source.properties.width == 64)
        #expect(try Reading(source).frames.count == 5)
    }

    /// A stream that is not selected may be longer than the selected one.
    @Test func longerUnselectedStreamIsNotTruncation() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("two.mp4")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=1", "-f", "lavfi", "-i", "testsrc2=s=32x32:r=5:d=6", "-map",
            "0", "-map", "1", "-c:v", "mpeg4", "-disposition:v:0", "default", "-disposition:v:1", "0", path,
        ])
        let reading = try Reading(try SourceOpener.open(path))
        #expect(reading.frames.count == 5 && reading.frames.first?.width == 64)
        #expect(reading.warnings.isEmpty, "\(reading.warnings)")
    }

    @Test func sampleAspectRatioIsReported() throws {
        let directory = try TemporaryDirectory()
        for container in ["mp4", "mkv", "avi"] {
            let path = directory.file("clip.\(container)")
            try MediaFactory.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=1", "-vf", "setsar=64/51", "-c:v", "libx264", path,
            ])
            #expect(try SourceOpener.open(path).properties.sampleAspectRatio == Rational(64, 51))
        }
    }

    @Test func editListsAreHonoured() throws {
        let directory = try TemporaryDirectory()
        let whole = directory.file("whole.mp4")
        let cut = directory.file("cut.mp4")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2", "-c:v", "libx264", "-g", "50", "-bf", "2", whole,
        ])
        // Copying from the middle of a GOP writes an edit list that hides the frames before.
        try MediaFactory.ffmpeg(["-ss", "0.8", "-i", whole, "-c", "copy", cut])
        let reading = try Reading(try SourceOpener.open(cut))
        #expect(reading.frames.count == (try MediaFactory.countedFrames(cut)))
        #expect(reading.warnings.isEmpty, "\(reading.warnings)")
        #expect(reading.frames.first?.time == 0)
    }

    /// Variable rate: 10 frames at 25 fps, then only every fifth.
    @Test func variableRatesAreSampledByTime() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vfr.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2", "-vf", "select='lt(n,10)+not(mod(n,5))'", "-fps_mode",
            "vfr", "-c:v", "libx264", "-bf", "0", path,
        ])
        let source = try SourceOpener.open(path)
        let windows = try FrameWindowSource(
            source,
            options: WindowOptions(
                preparation: .unchanged(source.properties), length: 50, stride: 50, rate: .framesPerSecond(25)))
        let window = try #require(try windows.next())
        #expect(try windows.next() == nil)
        #expect(window.paddedCount <= 5)
        // Frames 0…9, then 10, 15, … each shown for five samples.
        let expected = (0..<50).map { $0 < 10 ? $0 : 10 + ($0 - 10) / 5 }
        #expect(window.frames.map(\.sourceIndex) == expected)
        #expect(zip(window.times, 0..<50).allSatisfy { abs($0 - Double($1) / 25) < 1e-9 })
    }

    @Test(arguments: [6, 24, 25, 30, 50, 60])
    func everyRateIsSampledCorrectly(rate: Int) throws {
        let directory = try TemporaryDirectory()
        for container in ["mkv", "mp4"] {
            let path = directory.file("clip.\(container)")
            try MediaFactory.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=32x32:r=\(rate):d=2", "-c:v", "libx264", "-preset", "ultrafast", path,
            ])
            let source = try SourceOpener.open(path)
            let windows = try FrameWindowSource(
                source,
                options: WindowOptions(
                    preparation: .unchanged(source.properties), length: 50, stride: 50, rate: .framesPerSecond(25)))
            let window = try #require(try windows.next())
            #expect(try windows.next() == nil)
            #expect(window.paddedCount == 0)
            // In exact arithmetic: the last frame whose time n / rate is not after k / 25.
            #expect(window.frames.map(\.sourceIndex) == (0..<50).map { $0 * rate / 25 }, "\(container)")
        }
    }

    /// Elementary streams have no time stamps, and AVI only decoding time stamps: the frames still have their rate.
    @Test(arguments: [
        ("raw.h264", ["-c:v", "libx264", "-bf", "2"]), ("bframes.avi", ["-c:v", "libx264", "-bf", "2"]),
        ("bframes4.avi", ["-c:v", "mpeg4", "-bf", "2"]), ("raw.m4v", ["-c:v", "mpeg4"]),
        ("raw.hevc", ["-c:v", "libx265", "-x265-params", "log-level=none"]),
    ])
    func framesWithoutStampsHaveTheirRate(name: String, options: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file(name)
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1"] + options + [path])
        let reading = try Reading(try SourceOpener.open(path))
        #expect(reading.frames.count == (try MediaFactory.countedFrames(path)))
        #expect(reading.frames.count == 25)
        for (k, frame) in reading.frames.enumerated() {
            #expect(abs(frame.time - Double(k) / 25) < 0.002, "frame \(k) at \(frame.time)")
        }
        #expect(reading.count(.timeStampsRepaired) == 0, "\(reading.warnings)")
    }

    @Test(arguments: [(1, 1), (2, 2), (15, 9), (17, 33), (1, 64)])
    func oddSizes(width: Int, height: Int) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("odd.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=0.6", "-vf", "scale=\(width):\(height)", "-pix_fmt", "yuv420p",
            "-c:v", "ffv1", path,
        ])
        let source = try SourceOpener.open(path)
        let reading = try Reading(source)
        #expect(reading.frames.count == 3)
        let converter = try FrameConverter(
            source: source.properties, preparation: FramePreparation(fit: .letterbox, width: 33, height: 35))
        #expect(try converter.convert(reading.frames[0]).bytes.count == 33 * 35 * 3)
    }

    @Test func sizeMayChangeInTheMiddle() throws {
        let directory = try TemporaryDirectory()
        var bytes = Data()
        for size in ["64x48", "96x80"] {
            let part = directory.file("\(size).ts")
            try MediaFactory.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=0.4", "-c:v", "libx264", "-bf", "0",
                "-output_ts_offset",
                size == "64x48" ? "0" : "0.4", part,
            ])
            bytes += try Data(contentsOf: URL(fileURLWithPath: part))
        }
        let path = directory.file("both.ts")
        try bytes.write(to: URL(fileURLWithPath: path))
        let reading = try Reading(try SourceOpener.open(path))
        #expect(reading.frames.count == 20)
        #expect(reading.frames.allSatisfy { $0.width == 64 && $0.height == 48 })
    }

    @Test func decodesTheSameWithAnyNumberOfThreads() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=1", "-c:v", "libx264", path])
        var all: [[[Int]]] = []
        for threads in 1...3 {
            var options = InputOptions()
            options.decoderThreads = threads
            all.append(
                try Reading(try VideoFileSource(path, options: options)).frames.map { TestFrames.samples($0.buffer) })
        }
        #expect(all[0].count == 25 && all[0] == all[1] && all[0] == all[2])
    }
}
