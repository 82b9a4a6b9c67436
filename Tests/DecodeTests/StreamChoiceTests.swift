import CFFmpeg
import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// Which of several video streams is selected.
@Suite struct StreamChoiceTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    static let film = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2"]

    /// A file with a still image of 320x240 before a film of 96x64.
    ///
    /// - Parameter loops: whether the frame is repeated as long as the film lasts.
    func file(_ name: String, loops: Bool, _ codec: String, _ options: [String] = []) throws -> String {
        let cover = directory.file("cover.png")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=320x240:rate=1:duration=1", cover])
        let path = directory.file(name)
        let still = loops ? ["-loop", "1", "-t", "2", "-r", "25", "-i", cover] : ["-i", cover]
        try MediaFactory.ffmpeg(
            still + Self.film + ["-map", "0:v", "-map", "1:v", "-c:v:0", codec, "-c:v:1", "mpeg4"] + options + [path])
        return path
    }

    @Test(
        "A film is selected rather than a larger still image, even if the image is the file's default stream",
        arguments: [
            ("a.mkv", "png", false), ("a.mov", "png", false), ("a.mp4", "mjpeg", false), ("a.mkv", "mjpeg", false),
            ("a.avi", "mjpeg", false), ("a.mkv", "png", true), ("a.mov", "png", true),
        ])
    func filmIsSelected(_ name: String, _ codec: String, _ loops: Bool) throws {
        let path = try file(name, loops: loops, codec, ["-disposition:v:0", "default"])
        let source = try VideoFileSource(path)
        #expect(source.properties.width == 96)
        let items = try readAll(source)
        #expect(items.count == 50)
        #expect(source.warnings.isEmpty)
    }

    @Test("Of several films the file's default stream is selected, otherwise the largest")
    func defaultAndSize() throws {
        let larger = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=5:duration=2"]
        for (name, disposition, width) in [("none.mkv", "0", 160), ("default.mkv", "default", 96)] {
            let path = directory.file(name)
            try MediaFactory.ffmpeg(
                Self.film + larger + ["-map", "0", "-map", "1", "-c:v", "mpeg4"]
                    + ["-disposition:v:0", disposition, "-disposition:v:1", "0", path])
            #expect(try VideoFileSource(path).properties.width == width)
        }
    }

    @Test func oneCanBeChosen() throws {
        let path = try file("a.mkv", loops: false, "png")
        var options = InputOptions()
        options.videoStream = 0
        let still = try VideoFileSource(path, options: options)
        #expect(still.properties.width == 320)
        #expect(try readAll(still).count == 1)
        options.videoStream = 1
        #expect(try VideoFileSource(path, options: options).properties.width == 96)
        options.videoStream = 7
        let error = #expect(throws: MediaError.self) { try VideoFileSource(path, options: options) }
        #expect(error?.code == .noVideo)
        #expect(
            error?.reason == "stream 7 is not a video; the video streams are 0 (png, 320x240), 1 (mpeg4, 96x64)")
    }

    @Test func foldersHaveNoStreams() throws {
        var options = SourceOptions()
        options.input.videoStream = 0
        let error = #expect(throws: MediaError.self) {
            try SourceOpener.open(directory.file("."), options: options)
        }
        #expect(error?.code == .refused)
    }

    private func readAll(_ source: VideoFileSource) throws -> [VideoFrame] {
        var frames: [VideoFrame] = []
        while let item = try source.next() {
            if case .frame(let frame) = item { frames.append(frame) }
        }
        return frames
    }
}
