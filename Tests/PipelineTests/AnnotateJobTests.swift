import Concurrency
import Encode
import Engine
import Files
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// The main job on clips made with `ffmpeg`, whose output is checked with `ffprobe`.
@Suite struct AnnotateJobTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func clip(_ name: String = "clip.mp4", seconds: Double = 1.5, _ options: [String] = []) throws -> String {
        try MediaFactory.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=\(seconds)"] + options + [folder.file(name)])
        return folder.file(name)
    }

    private func annotate(
        _ input: String, to output: String = "out.mp4", sampling: SamplingRequest = SamplingRequest(),
        saliency: SaliencyRequest = SaliencyRequest(), isReplacing: Bool = false, threads: Int? = nil,
        stop: StopRequest = StopRequest(), progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws -> AnnotateOutcome {
        let request = AnnotateRequest(
            input: input, output: folder.file(output), sampling: sampling, saliency: saliency, isReplacing: isReplacing)
        return try await AnnotateJob(request: request, model: try await TinyModel.load(), threads: threads)
            .run(stop: stop, progress: progress)
    }

    /// The output for a file that is modified during the job would match neither its old content nor its new one.
    @Test func inputModifiedDuringTheJobIsRefused() async throws {
        let input = try clip("clip.mkv")
        var request = AnnotateRequest(input: input, output: folder.file("out.mp4"))
        let held: HeldFile = try #require(try HeldFolder(folder.path).file("clip.mkv"))
        request.held = held
        let handle = try #require(FileHandle(forWritingAtPath: input))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([0]))
        try handle.close()
        let job = AnnotateJob(request: request, model: try await TinyModel.load())
        let error = await #expect(throws: MediaError.self) { try await job.run() }
        #expect(error?.code == .cannotOpen && error?.description.contains("written to") == true)
        #expect(try folder.listing() == ["clip.mkv"])
    }

    private func times(_ path: String) throws -> [String] {
        let lines = try MediaFactory.ffprobe([
            "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path,
        ])
        return lines.split(separator: "\n").map { $0.trimmingCharacters(in: [","]) }.sorted()
    }

    private func duration(_ path: String) throws -> Double {
        Double(try MediaFactory.ffprobe(["-show_entries", "format=duration", "-of", "csv=p=0", path])) ?? -1
    }

    @Test func keepsFramesTimesSizeAndSound() async throws {
        let input = try clip(seconds: 2, ["-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264", "-c:a", "aac"])
        let outcome = try await annotate(input)
        #expect(outcome.sidecar.source.frames == 50)
        #expect(try times(input) == times(folder.file("out.mp4")))
        #expect(abs(try duration(input) - duration(folder.file("out.mp4"))) < 0.05)
        let streams = try MediaFactory.ffprobe([
            "-show_entries", "stream=codec_type,codec_name,width,height", "-of", "csv=p=0", folder.file("out.mp4"),
        ])
        #expect(streams.contains("h264,video,96,64"))
        #expect(streams.contains("aac,audio"))
        #expect(streams.contains("mov_text,subtitle"))
    }

    /// Luma of the fifth frame, `[64, 96]`.
    private func drawn(_ input: String, _ drawing: DrawingRequest, to output: String) async throws -> [UInt8] {
        let request = AnnotateRequest(
            input: input, output: folder.file(output), drawing: drawing, video: VideoSettings(crf: 0))
        _ = try await AnnotateJob(request: request, model: try await TinyModel.load()).run()
        return [UInt8](
            try MediaFactory.ffmpeg([
                "-i", folder.file(output), "-vf", "select=eq(n\\,4)", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt",
                "gray", "-",
            ]))
    }

    @Test("The legend covers the upper left and the outline the crop's edge, and nothing else changes")
    func legendAndOutline() async throws {
        let input = try clip()
        let plain = try await drawn(input, DrawingRequest(outlinesCrop: false), to: "plain.mp4")
        let outlined = try await drawn(input, DrawingRequest(), to: "outlined.mp4")
        let legend = try await drawn(input, DrawingRequest(hasLegend: true, outlinesCrop: false), to: "legend.mp4")
        try #require(plain.count == 96 * 64 && outlined.count == plain.count && legend.count == plain.count)
        func changed(_ other: [UInt8]) -> (x: [Int], y: [Int]) {
            let places = plain.indices.filter { plain[$0] != other[$0] }
            return (places.map { $0 % 96 }, places.map { $0 / 96 })
        }
        // The short side of 64 becomes 36, whose centre 32 are the network's input: pixels 3.6 to 60.4, and 19.6 to
        // 76.4.
        let line = changed(outlined)
        #expect(line.y.min() == 4 && line.y.max() == 59 && line.x.min() == 20 && line.x.max() == 75)
        #expect(zip(line.x, line.y).allSatisfy { [20, 75].contains($0) || [4, 59].contains($1) })
        let panel = changed(legend)
        #expect(panel.y.min() == 6 && (panel.y.max() ?? 64) < 40 && panel.x.min() == 6 && panel.x.max() == 89)
    }

    @Test(
        "Sound that begins before the frames does so in the output, and captions keep their time relative to the frames"
    )
    func soundBeginsFirst() async throws {
        let input = folder.file("late.mp4")
        try MediaFactory.ffmpeg([
            "-itsoffset", "1.6", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-f", "lavfi", "-i", "sine=d=2.6",
            "-fps_mode", "passthrough", "-c:v", "libx264", "-c:a", "aac", input,
        ])
        let outcome = try await annotate(input)
        #expect(abs((outcome.sidecar.source.firstFrameTime ?? 0) - 1.6) < 0.001)
        #expect(try times(folder.file("out.mp4")).first == "1.600000")
        let captions = try String(contentsOf: URL(fileURLWithPath: folder.file("out.vtt")), encoding: .utf8)
        #expect(captions.contains("\n00:00:01.600 --> "))
        var request = AnnotateRequest(input: input, output: folder.file("silent.mp4"))
        request.audio = .omitted
        let silent = try await AnnotateJob(request: request, model: try await TinyModel.load()).run()
        #expect(silent.sidecar.source.firstFrameTime == nil)
        #expect(try times(request.output).first == "0.000000")
        #expect(
            try MediaFactory.probe(request.output, ["-select_streams", "a", "-show_entries", "stream=codec_name"])
                .isEmpty)
    }

    @Test func recordsEveryWindow() async throws {
        let outcome = try await annotate(try clip(), saliency: SaliencyRequest(target: "up"))
        let sidecar = outcome.sidecar
        // 37 or 38 samples at 25 fps, in windows of 8 with a stride of 4.
        #expect(sidecar.windows.map(\.index) == Array(0..<sidecar.windows.count))
        #expect(
            sidecar.windows.map(\.start).elementsEqual(
                sidecar.windows.indices.map { Double($0 * 4) / 25 }, by: { abs($0 - $1) < 1e-9 }))
        #expect(sidecar.windows.allSatisfy { $0.target.label == "up" && $0.target.index == 2 && $0.top.count == 5 })
        #expect(sidecar.windows.dropLast().allSatisfy { $0.flags.isEmpty && $0.paddedFrames == 0 })
        #expect(sidecar.unexplained.isEmpty)
        #expect(sidecar.windows.allSatisfy { $0.frameMeans.count == 8 && $0.frameMeans.allSatisfy { $0 > 0 } })
        #expect(!sidecar.interrupted)
        #expect(sidecar.model.sha256.count == 64)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: URL(fileURLWithPath: outcome.sidecarPath))
        #expect(try decoder.decode(Sidecar.self, from: data) == sidecar)
    }

    /// The same texts at the same times as in the label track.
    @Test func writesCaptionsForBrowsers() async throws {
        _ = try await annotate(try clip())
        let text = String(decoding: try folder.bytes(of: "out.vtt"), as: UTF8.self)
        #expect(text.hasPrefix("WEBVTT\n\n00:00:00.000 --> "))
        let track = try MediaFactory.ffmpeg(["-i", folder.file("out.mp4"), "-map", "0:s", "-f", "webvtt", "-"])
        #expect(String(decoding: track, as: UTF8.self) == text.replacingOccurrences(of: "00:00:", with: "00:"))
    }

    @Test func captionsThatExistAreNotReplaced() async throws {
        let input = try clip()
        try folder.write(Array("mine".utf8), to: "out.vtt")
        let error = await #expect(throws: MediaError.self) { try await annotate(input) }
        #expect(error?.code == .outputExists)
        #expect(try folder.listing() == ["clip.mp4", "out.vtt"])
        #expect(try folder.bytes(of: "out.vtt") == Array("mine".utf8))
    }

    @Test func clipBeyondTheMemoryIsRefusedInOneSentence() async throws {
        let request = AnnotateRequest(
            input: try clip(), output: folder.file("out.mp4"), sampling: SamplingRequest(fit: .full))
        let job = AnnotateJob(request: request, model: try await TinyModel.load(), memoryLimit: 100_000)
        let error = await #expect(throws: ModelError.self) { try await job.run() }
        #expect(error?.code == .tooLarge)
        #expect(error?.reason.contains("--short-side") == true)
        #expect(try folder.listing() == ["clip.mp4"])
    }

    @Test func padsAClipShorterThanAWindow() async throws {
        let outcome = try await annotate(try clip(seconds: 0.12))
        #expect(outcome.sidecar.source.frames == 3)
        #expect(outcome.sidecar.windows.count == 1)
        #expect(outcome.sidecar.windows.first?.flags == [.padded])
        #expect(outcome.sidecar.windows.first?.paddedFrames == 5)
    }

    /// Frame rates below and above the sampling rate.
    @Test(arguments: [6, 50, 60]) func keepsOtherFrameRates(_ rate: Int) async throws {
        let input = folder.file("rate.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=\(rate):d=1", input])
        let outcome = try await annotate(input)
        #expect(outcome.sidecar.source.frames == rate)
        #expect(outcome.sidecar.unexplained.isEmpty)
        #expect(try times(input) == times(folder.file("out.mp4")))
    }

    @Test func sameBytesWithAnyNumberOfThreads() async throws {
        let input = try clip(seconds: 0.6)
        var videos: [Data] = []
        for threads in 1...3 {
            _ = try await annotate(input, to: "out\(threads).mp4", threads: threads)
            videos.append(try Data(contentsOf: URL(fileURLWithPath: folder.file("out\(threads).mp4"))))
        }
        #expect(videos[0] == videos[1] && videos[1] == videos[2])
    }

    @Test("Evidence for the class is drawn in red, evidence against it in blue")
    func drawsSigns() async throws {
        let input = folder.file("gray.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.4,format=gray,format=yuv420p", "-c:v", "ffv1", input,
        ])
        let request = AnnotateRequest(
            input: input, output: folder.file("out.mkv"), sampling: SamplingRequest(fit: .full),
            saliency: SaliencyRequest(method: .gradientTimesInput, sign: .signed),
            drawing: DrawingRequest(colormap: .coolwarm, opacity: 1))
        let outcome = try await AnnotateJob(request: request, model: try await TinyModel.load()).run()
        #expect(outcome.sidecar.method.settings.sign == .signed)
        let drawn = try MediaFactory.rgbFrames(folder.file("out.mkv"))
        let excess = Swift.stride(from: 0, to: drawn.count, by: 3).map { Int(drawn[$0]) - Int(drawn[$0 + 2]) }
        #expect(excess.contains { $0 > 60 } && excess.contains { $0 < -60 })
        let signless = AnnotateRequest(
            input: input, output: folder.file("none.mkv"), saliency: SaliencyRequest(sign: .signed))
        let error = await #expect(throws: ModelError.self) {
            try await AnnotateJob(request: signless, model: try await TinyModel.load()).run()
        }
        #expect(error?.reason.contains("\(SaliencyMethods.standard.name) has no signs") == true)
        #expect(try folder.listing() == ["gray.mkv", "out.mkv", "out.mkv.json", "out.mkv.vtt"])
    }

    @Test("Swapping the two classes of a contrast swaps the colours, and both are named")
    func contrastsMirrorTheirColours() async throws {
        let input = folder.file("gray.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.4,format=gray,format=yuv420p", "-c:v", "ffv1", input,
        ])
        var excesses: [[Int]] = []
        for (name, target, caption) in [("a", "contrast:left,up", "left"), ("b", "contrast:up,left", "up")] {
            let request = AnnotateRequest(
                input: input, output: folder.file("\(name).mkv"), sampling: SamplingRequest(fit: .full),
                saliency: SaliencyRequest(method: .gradientTimesInput, target: target, sign: .signed),
                drawing: DrawingRequest(colormap: .coolwarm, opacity: 1))
            _ = try await AnnotateJob(request: request, model: try await TinyModel.load()).run()
            let drawn = try MediaFactory.rgbFrames(request.output)
            excesses.append(Swift.stride(from: 0, to: drawn.count, by: 3).map { Int(drawn[$0]) - Int(drawn[$0 + 2]) })
            let text = String(
                decoding: try MediaFactory.ffmpeg(["-i", request.output, "-map", "0:s:0", "-f", "srt", "-"]),
                as: UTF8.self)
            #expect(text.contains(" against ") && text.contains("\n\(caption) "), "\(text)")
        }
        let strong = excesses[0].indices.filter { abs(excesses[0][$0]) > 60 }
        #expect(strong.count > 100)
        // Encoding blurs colours into neighbouring pixels.
        let mirrored = strong.filter { (excesses[0][$0] > 0) == (excesses[1][$0] < 0) }
        #expect(Double(mirrored.count) > 0.95 * Double(strong.count))
    }

    @Test func drawsHeatOnlyInsideTheCrop() async throws {
        // 96x64 to short side 36 is 54x36; the centre 32x32 covers source columns 19.6 to 76.4.
        let input = folder.file("gray.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:s=96x64:r=25:d=0.4,format=yuv420p", "-c:v", "ffv1", input,
        ])
        _ = try await annotate(input)
        let source = try MediaFactory.rgbFrames(input)
        let drawn = try MediaFactory.rgbFrames(folder.file("out.mp4"))
        #expect(source.count == drawn.count)
        func change(_ columns: Range<Int>) -> Int {
            var most = 0
            for row in 0..<64 {
                for column in columns {
                    let place = (row * 96 + column) * 3
                    most = max(most, abs(Int(source[place]) - Int(drawn[place])))
                }
            }
            return most
        }
        #expect(change(30..<66) > 30)
        // Compression causes slight ringing beyond the edge.
        #expect(change(0..<8) <= 6)
    }

    @Test func endsEarlyWithAPlayableFile() async throws {
        let input = try clip(seconds: 8)
        let stop = StopRequest()
        let outcome = try await annotate(input, stop: stop) { progress in
            if progress.windows >= 2 { stop.finishSoon() }
        }
        #expect(outcome.sidecar.interrupted)
        #expect(outcome.sidecar.windows.count >= 2)
        #expect(outcome.sidecar.source.frames < 200)
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == outcome.sidecar.source.frames)
    }

    @Test func leavesNothingWhenAborted() async throws {
        let input = try clip(seconds: 8)
        let stop = StopRequest()
        await #expect(throws: (any Error).self) {
            _ = try await annotate(input, stop: stop) { progress in
                if progress.windows >= 2 { stop.abort.cancel() }
            }
        }
        #expect(try folder.listing() == ["clip.mp4"])
    }

    @Test func leavesNothingWhenItsTaskIsCancelled() async throws {
        let input = try clip(seconds: 8)
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        // The job waits for the test, so that it cannot end before the cancellation.
        let cancelled = DispatchSemaphore(value: 0)
        let task = Task {
            try await annotate(input) { progress in
                guard progress.windows == 1, progress.frames == 0 else { return }
                continuation.yield()
                cancelled.wait()
            }
        }
        for await _ in started { break }
        task.cancel()
        cancelled.signal()
        await #expect(throws: (any Error).self) { _ = try await task.value }
        #expect(try folder.listing() == ["clip.mp4"])
    }

    @Test func refusesAnExistingOutputAndKeepsIt() async throws {
        let input = try clip()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("out.mp4")))
        await #expect { _ = try await annotate(input) } throws: { ($0 as? MediaError)?.code == .outputExists }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("out.mp4"))) == Data("mine".utf8))
        _ = try await annotate(input, isReplacing: true)
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == 38)
    }

    @Test func countsDamage() async throws {
        let input = try clip(seconds: 3, ["-c:v", "mpeg4", "-g", "5"])
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: input)))
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<40 {
            bytes[Int.random(in: bytes.count / 3..<bytes.count * 2 / 3, using: &generator)] ^= 0x55
        }
        try Data(bytes).write(to: URL(fileURLWithPath: input))
        let outcome = try await annotate(input)
        #expect(!outcome.sidecar.warnings.isEmpty)
        #expect(outcome.sidecar.windows.contains { $0.flags.contains(.corrupt) })
    }
}
