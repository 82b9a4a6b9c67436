import CFFmpeg
import Decode
import Files
import Foundation
import Media
import TestSupport
import Testing

@testable import Encode

/// Errors, and the files that are left, when a video cannot be written.
@Suite struct OutputFailureTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_ERROR)
    }

    func writeFrames(_ count: Int, to writer: VideoWriter, noise: Bool = false) throws {
        let maker = CanvasMaker(format: writer.format)
        for index in 0..<count {
            let frame = try Fixtures.frame(
                width: writer.format.width, height: writer.format.height, index: index, pts: Int64(512 * index),
                noise: noise ? UInt64(index) : nil)
            try writer.write(maker.canvas(of: frame))
        }
    }

    func error(_ body: () throws -> Void) -> MediaError? {
        do {
            try body()
            return nil
        } catch {
            return error as? MediaError
        }
    }

    @Test func existingOutputIsKept() throws {
        let path = try directory.write([1, 2, 3], to: "out.mp4")
        let error = error { _ = try VideoWriter(path: path, source: Fixtures.source()) }
        #expect(error?.code == .outputExists)
        #expect(error?.description == "\(path): exists already")
        #expect(try directory.bytes(of: "out.mp4") == [1, 2, 3])
        #expect(try directory.listing() == ["out.mp4"])
    }

    @Test func existingOutputIsReplacedInOneStepIfAskedFor() throws {
        let path = try directory.write([1, 2, 3], to: "out.mp4")
        let writer = try VideoWriter(
            path: path, source: Fixtures.source(), options: WriterOptions(replacesExisting: true))
        try writeFrames(3, to: writer)
        #expect(try directory.bytes(of: "out.mp4") == [1, 2, 3])
        try writer.finish()
        #expect(try MediaFactory.countedFrames(path) == 3)
        #expect(try directory.listing() == ["out.mp4"])
    }

    @Test func outputThatAppearsMeanwhileIsKept() throws {
        let path = directory.file("out.mp4")
        let writer = try VideoWriter(path: path, source: Fixtures.source())
        try writeFrames(3, to: writer)
        try directory.write([1, 2, 3], to: "out.mp4")
        #expect(error { try writer.finish() }?.code == .outputExists)
        #expect(try directory.bytes(of: "out.mp4") == [1, 2, 3])
        #expect(try directory.listing() == ["out.mp4"])
    }

    @Test func inputIsNotAcceptedAsOutput() throws {
        let path = try directory.write([1, 2, 3], to: "clip.mp4")
        var source = Fixtures.source()
        source.name = directory.path + "/../" + (directory.path as NSString).lastPathComponent + "/clip.mp4"
        let error = error {
            _ = try VideoWriter(path: path, source: source, options: WriterOptions(replacesExisting: true))
        }
        #expect(error?.code == .cannotWrite)
        #expect(error?.reason == "is the input itself; name another output")
        #expect(try directory.bytes(of: "clip.mp4") == [1, 2, 3])
    }

    @Test func missingFolder() throws {
        let error = error {
            _ = try VideoWriter(path: directory.file("no/out.mp4"), source: Fixtures.source())
        }
        #expect(error?.code == .cannotWrite)
        #expect(error?.description.hasSuffix("cannot be created (No such file or directory)") == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write to any folder"))
    func folderWithoutPermission() throws {
        chmod(directory.path, 0o500)
        defer { chmod(directory.path, 0o700) }
        let error = error {
            _ = try VideoWriter(path: directory.file("out.mp4"), source: Fixtures.source())
        }
        #expect(error?.code == .cannotWrite)
    }

    @Test(arguments: ["out", "out.xyz", "out.gif", ".mp4x", "dir.mp4/out"])
    func unknownExtension(_ name: String) throws {
        let error = error { _ = try VideoWriter(path: directory.file(name), source: Fixtures.source()) }
        #expect(error?.code == .cannotWrite)
        #expect(error?.reason == "the name of a video has to end in one of .mp4, .mov, .mkv, .webm, .ts, .avi")
    }

    @Test(
        "A full disk is one sentence and leaves nothing", arguments: [0, 1000, 100_000, 400_000], ["mp4", "mkv", "avi"])
    func fullDisk(_ space: Int, _ ending: String) throws {
        let path = directory.file("out.\(ending)")
        let source = Fixtures.source(width: 320, height: 240)
        let error = error {
            let writer = try VideoWriter(
                path: path, source: source, format: nil, options: WriterOptions(), spaceLimit: space)
            // Noise at this size takes more than 400 kB.
            try writeFrames(60, to: writer, noise: true)
            try writer.finish()
        }
        #expect(error?.code == .cannotWrite)
        #expect(error?.description == "\(path): cannot be written (No space left on device)")
        #expect(try directory.listing().isEmpty)
    }

    @Test func abandonedOutputLeavesNothing() throws {
        do {
            let writer = try VideoWriter(path: directory.file("out.mp4"), source: Fixtures.source())
            try writeFrames(5, to: writer)
            #expect(try directory.listing().count == 1)
            #expect(try directory.listing().first?.hasPrefix(".out.mp4.") == true)
            #expect(try directory.listing().first?.hasSuffix(TemporaryName.suffix) == true)
        }
        #expect(try directory.listing().isEmpty)
    }

    @Test func abortedOutputLeavesNothing() throws {
        let writer = try VideoWriter(path: directory.file("out.mp4"), source: Fixtures.source())
        try writeFrames(5, to: writer)
        writer.abort()
        #expect(try directory.listing().isEmpty)
        #expect(throws: Never.self) { try writer.finish() }
        #expect(try directory.listing().isEmpty)
    }

    @Test func videoWithoutFramesIsRefused() throws {
        let writer = try VideoWriter(path: directory.file("out.mp4"), source: Fixtures.source())
        #expect(error { try writer.finish() }?.reason == "there is no frame to write")
        #expect(try directory.listing().isEmpty)
    }

    @Test func fragmentedFileIsPlayableAtAnyTime() throws {
        let path = directory.file("out.mp4")
        let writer = try VideoWriter(
            path: path, source: Fixtures.source(width: 160, height: 120),
            options: WriterOptions(hasLabels: true, video: VideoSettings(isFragmented: true)))
        try writer.writeLabel("label", from: 0, to: 20)
        try writeFrames(500, to: writer, noise: true)
        let staged = try #require(try directory.listing().first)
        let bytes = try directory.bytes(of: staged)
        let fragments = offsets(of: Array("moof".utf8), in: bytes)
        #expect(fragments.count >= 3)
        var generator = SeededGenerator(seed: 11)
        let complete = fragments[1]
        for _ in 0..<8 {
            // Truncated at some point after the first fragment.
            let cut = Int.random(in: complete..<bytes.count, using: &generator)
            let broken = try directory.write(Array(bytes[..<cut]), to: "cut.mp4")
            // Noise makes every fifth frame a key frame, which begins a fragment.
            let whole = fragments.filter { $0 <= cut }.count - 1
            #expect(try MediaFactory.countedFrames(broken) ?? 0 >= 5 * whole)
        }
        writer.abort()
    }

    func offsets(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0] == pattern[0] && bytes[$0...].starts(with: pattern) }
    }

    @Test func labelsAreText() throws {
        for (ending, codec) in [("mp4", "mov_text"), ("mov", "mov_text"), ("mkv", "subrip"), ("webm", "webvtt")] {
            let path = directory.file("out.\(ending)")
            let writer = try VideoWriter(
                path: path, source: Fixtures.source(), options: WriterOptions(hasLabels: true))
            try writer.writeLabel("playing cricket 93 %", from: 0.2, to: 1)
            try writer.writeLabel("clouds – nuages\n\nsecond line", from: 0.8, to: 1.6)
            try writeFrames(50, to: writer)
            try writer.finish()
            #expect(writer.warnings.isEmpty)
            #expect(
                try MediaFactory.probe(path, ["-select_streams", "s", "-show_entries", "stream=codec_name"]) == [codec])
            var times = try MediaFactory.probe(path, ["-select_streams", "s", "-show_entries", "packet=pts_time"])
            if codec == "mov_text" {
                // Timed text has no gaps: there is an empty sample before the first label and one after the last, until
                // the last two ticks of the frames, which end the track with them.
                #expect(times == ["0.000000", "0.200000", "1.000000", "1.600000", "1.999979", "1.999990"])
                times = Array(times[1...2])
            }
            #expect(times == ["0.200000", "1.000000"])
            let text = try MediaFactory.ffmpeg(["-i", path, "-map", "0:s", "-f", "srt", "-"])
            #expect(String(decoding: text, as: UTF8.self).contains("playing cricket 93 %"))
            #expect(String(decoding: text, as: UTF8.self).contains("clouds – nuages"))
            #expect(String(decoding: text, as: UTF8.self).contains("second line"))
        }
    }

    @Test(arguments: ["ts", "avi"])
    func missingLabelsAreReported(_ ending: String) throws {
        let writer = try VideoWriter(
            path: directory.file("out.\(ending)"), source: Fixtures.source(), options: WriterOptions(hasLabels: true))
        try writer.writeLabel("text", from: 0, to: 1)
        try writeFrames(5, to: writer)
        try writer.finish()
        #expect(writer.warnings == ["\(ending) files hold no label track; the labels are only in the .vtt file"])
    }

    @Test(arguments: ["mp4", "mov", "mkv", "webm", "avi", "ts"])
    func outputsAreMarked(_ ending: String) throws {
        for origin in [nil, "0123abcd"] {
            let path = directory.file("\(origin ?? "out").\(ending)")
            let writer = try VideoWriter(path: path, source: Fixtures.source(), options: WriterOptions(origin: origin))
            try writeFrames(5, to: writer)
            try writer.finish()
            let comment = try SourceOpener.open(path).properties.comment
            #expect(comment == VideoWriter.mark(origin))
            #expect(comment?.hasPrefix(VideoWriter.mark) == true)
        }
    }

    @Test(arguments: ["mp4", "mkv"])
    func sameInputSameBytes(_ ending: String) throws {
        for name in ["a", "b"] {
            let writer = try VideoWriter(path: directory.file("\(name).\(ending)"), source: Fixtures.source())
            try writeFrames(30, to: writer)
            try writer.finish()
        }
        #expect(try directory.bytes(of: "a.\(ending)") == directory.bytes(of: "b.\(ending)"))
    }
}
