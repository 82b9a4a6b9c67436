import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct VideoWriterTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Writes `times.count` frames; the last lasts `lastDuration` ticks.
    func write(
        _ path: String, source: SourceProperties, times: [Int64], lastDuration: Int64 = 512,
        options: WriterOptions = WriterOptions(), format: AVPixelFormat = AV_PIX_FMT_YUV420P,
        body: (VideoWriter) throws -> Void = { _ in }
    ) throws -> VideoWriter {
        let writer = try VideoWriter(path: path, source: source, options: options)
        let maker = CanvasMaker(format: writer.format)
        for (index, time) in times.enumerated() {
            let frame = try Fixtures.frame(
                width: source.width, height: source.height, format: format, index: index, pts: time,
                duration: index + 1 < times.count ? times[index + 1] - time : lastDuration, timeBase: source.timeBase)
            try writer.write(maker.canvas(of: frame))
        }
        try body(writer)
        try writer.finish()
        return writer
    }

    @Test(arguments: ["mp4", "mov", "mkv", "webm", "ts", "avi"])
    func keepsTimesAndCount(_ ending: String) throws {
        let path = directory.file("out.\(ending)")
        let times = (0..<60).map { Int64($0) * 512 }
        let writer = try write(path, source: Fixtures.source(), times: times)
        #expect(writer.frameCount == 60)
        #expect(writer.warnings.isEmpty)
        // AVI only has decoding time stamps, which are the same here.
        let found = try MediaFactory.probe(
            path, ["-select_streams", "v", "-show_entries", ending == "avi" ? "packet=dts_time" : "packet=pts_time"]
        ).compactMap(Double.init)
        #expect(found.count == 60)
        let first = try #require(found.first)
        // The first frame is at 0 in all containers but transport streams, which begin later by design.
        if ending != "ts" { #expect(first == 0) }
        for (index, time) in found.enumerated() {
            #expect(abs(time - first - Double(index) / 25) <= 0.0005001)
        }
        #expect(try directory.listing() == ["out.\(ending)"])
    }

    @Test(arguments: ["mp4", "webm"]) func higherQualityNeedsMoreBytes(_ ending: String) throws {
        let sizes = try [10, 45].map { crf in
            let path = directory.file("\(crf).\(ending)")
            _ = try write(
                path, source: Fixtures.source(), times: (0..<10).map { Int64($0) * 512 },
                options: WriterOptions(video: VideoSettings(crf: crf)))
            return try directory.bytes(of: "\(crf).\(ending)").count
        }
        #expect(4 * sizes[0] > 5 * sizes[1], "\(sizes)")
    }

    /// Only the preset "ultrafast" disables CABAC, so that the H.264 profile is Baseline.
    @Test func presetIsPassedToTheEncoder() throws {
        let profiles = try [VideoPreset.ultrafast, .veryfast].map { preset in
            let path = directory.file("\(preset).mp4")
            _ = try write(
                path, source: Fixtures.source(), times: [0, 512, 1024],
                options: WriterOptions(video: VideoSettings(preset: preset)))
            return try MediaFactory.probe(path, ["-show_entries", "stream=profile"])
        }
        #expect(profiles == [["Constrained Baseline"], ["High"]])
    }

    @Test func keepsVariableTimesExactly() throws {
        let path = directory.file("vfr.mp4")
        let times: [Int64] = [0, 512, 513, 2000, 2300, 9000, 9001, 20_000, 31_111, 31_112, 50_000]
        _ = try write(path, source: Fixtures.source(), times: times, lastDuration: 7777)
        #expect(try MediaFactory.packetTimes(path) == times)
        let stream = try MediaFactory.probe(
            path, ["-count_packets", "-show_entries", "stream=time_base,duration_ts,nb_read_packets"])
        #expect(stream == ["1/12800,57777,11"])
    }

    @Test func countsFromTheFirstFrame() throws {
        let path = directory.file("late.mp4")
        _ = try write(path, source: Fixtures.source(), times: [90_000, 90_512, 91_024])
        #expect(try MediaFactory.packetTimes(path) == [0, 512, 1024])
    }

    @Test(arguments: [
        Rational(1, 90_000), Rational(1001, 30_000), Rational(1, 1000), Rational(1, 25), Rational(1, 1_000_000),
    ])
    func keepsTimeBases(_ timeBase: Rational) throws {
        let path = directory.file("base.mp4")
        let times: [Int64] = [0, 40, 81, 120, 400]
        _ = try write(path, source: Fixtures.source(timeBase: timeBase), times: times, lastDuration: 33)
        #expect(
            try MediaFactory.packetTimes(path) == times.map { $0 * Int64(timeBase.numerator) })
        let stream = try MediaFactory.probe(path, ["-show_entries", "stream=time_base,duration_ts"])
        #expect(stream == ["1/\(timeBase.denominator),\(433 * timeBase.numerator)"])
    }

    @Test(arguments: [(33, 17), (64, 17), (33, 48)])
    func oddSizesBecomePlayable(_ width: Int, _ height: Int) throws {
        let entries = ["-show_entries", "stream=width,height,pix_fmt"]
        for ending in ["mp4", "mkv", "ts"] {
            let path = directory.file("odd.\(ending)")
            _ = try write(
                path, source: Fixtures.source(width: width, height: height), times: (0..<25).map { Int64($0) * 512 })
            let stream = try MediaFactory.probe(path, entries)
            #expect(Set(stream) == ["\((width + 1) / 2 * 2),\((height + 1) / 2 * 2),yuv420p"])
            // Added pixels repeat the edge: none are dark or green.
            let plane = try MediaFactory.ffmpeg([
                "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-",
            ]).map(Int.init)
            let stride = (width + 1) / 2 * 2
            for x in 0..<width where height % 2 == 1 {
                #expect(abs(plane[height * stride + x] - plane[(height - 1) * stride + x]) < 24)
            }
            for y in 0..<height where width % 2 == 1 {
                #expect(abs(plane[y * stride + width] - plane[y * stride + width - 1]) < 24)
            }
        }
        // VP9 supports any size.
        let path = directory.file("odd.webm")
        _ = try write(path, source: Fixtures.source(width: width, height: height), times: [0, 512])
        #expect(try MediaFactory.probe(path, entries) == ["\(width),\(height),yuv420p"])
    }

    @Test(
        "Time stamps that a container cannot represent are changed with a warning",
        arguments: ["mp4", "ts", "mkv", "avi"])
    func extremeTimesAreCorrected(_ ending: String) throws {
        let source = Fixtures.source(timeBase: Rational(1, 2_000_000_000))
        let writer = try VideoWriter(
            path: directory.file("wild.\(ending)"), source: source, options: WriterOptions(hasLabels: true))
        let maker = CanvasMaker(format: writer.format)
        for time in [-5, 0, 1, 2, 3_000_000_000_000, 1 << 59] as [Int64] {
            try writer.write(maker.canvas(of: Fixtures.frame(width: 64, height: 48, pts: time, duration: 1 << 58)))
        }
        try writer.writeLabel("a", from: 3, to: 1e9)
        try writer.writeLabel("b", from: 1e12, to: .infinity)
        // AVI would fill the gap with empty frames; its muxer refuses.
        if ending == "avi" {
            #expect(throws: MediaError.self) { try writer.finish() }
        } else {
            try writer.finish()
            #expect(writer.warnings.contains { $0.contains("frames are moved by up to") })
        }
    }
}
