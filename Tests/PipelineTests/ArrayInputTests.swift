import Decode
import Engine
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// Every command treats an array as one clip: all its frames in one window, without resizing and cropping.
@Suite struct ArrayInputTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// The tiny network takes 8 frames of 32x32 out of a video.
    private func array(frames: Int, height: Int = 40, width: Int = 48) throws -> String {
        var random = SeededGenerator(seed: 5)
        let bytes = (0..<frames * height * width * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
        let path = folder.file("clip\(frames).npy")
        try NumPyFile.write(path, shape: [frames, height, width, 3], bytes: bytes)
        return path
    }

    @Test("explain, annotate, compare, classify and evaluate see the same clip", arguments: [6, 8, 20])
    func oneMeaning(_ frames: Int) async throws {
        let (input, model) = (try array(frames: frames), try await TinyModel.load())
        let explained = try await ExplainJob(
            request: ExplainRequest(input: input, output: folder.file("out")), model: model
        ).run()
        #expect(explained.input.clip == [frames, 40, 48, 3] && explained.input.paddedFrames == 0)

        let annotated = try await AnnotateJob(
            request: AnnotateRequest(input: input, output: folder.file("annotated.mp4")), model: model
        ).run().sidecar
        #expect(annotated.method.sampling.window == frames && annotated.method.sampling.framesPerSecond == nil)
        #expect(annotated.method.sampling.clipWidth == 48 && annotated.method.sampling.clipHeight == 40)
        #expect(annotated.source.frames == frames)
        #expect(annotated.windows.map(\.target) == [explained.target] && annotated.windows[0].paddedFrames == 0)
        #expect(annotated.windows[0].saliency == explained.saliency)

        let compared = try await CompareJob(
            request: CompareRequest(
                input: input, output: folder.file("compared.mp4"), methods: [SaliencyRequest()], evidenceWindows: 0),
            model: model
        ).run().result
        #expect(compared.sampling.window == frames && compared.sampling.framesPerSecond == nil)
        #expect(compared.sampling.clipWidth == 48 && compared.sampling.clipHeight == 40)
        #expect(compared.windows.map(\.target) == [explained.target] && compared.windows[0].paddedFrames == 0)
        #expect(compared.windows[0].methods[0].saliency == explained.saliency)

        let classified = try await ClassifyJob(request: ClassifyRequest(input: input), model: model).run()
        #expect(classified.logits == explained.logits && classified.windows.count == 1)

        try folder.write(Array("\(input) up\n".utf8), to: "list.txt")
        let list = try ClipList(
            text: "\(input) up\n", path: "list.txt", root: folder.file(""), manifest: model.manifest)
        let evaluated = try await EvaluateJob(
            clips: list, list: "list.txt", output: folder.file("evaluated"),
            evidence: EvidenceRequest(methods: [.gradient], steps: 2), model: model
        ).run()
        #expect(evaluated.clips == 1)
        let log = String(decoding: try folder.bytes(of: "evaluated/clips.jsonl"), as: UTF8.self)
        #expect(log.contains("\"windows\":1"))
    }

    @Test("Explicit options apply to arrays too; a stride beyond the array's length is reduced to it")
    func asked() async throws {
        let (input, model) = (try array(frames: 12), try await TinyModel.load())
        let asked = try await AnnotateJob(
            request: AnnotateRequest(
                input: input, output: folder.file("asked.mp4"),
                sampling: SamplingRequest(window: 8, stride: 4, shortSide: 36)), model: model
        ).run().sidecar
        #expect(
            asked.windows.count == 2 && asked.method.sampling.clipWidth == 32 && asked.method.sampling.clipHeight == 32)
        let stride = try await AnnotateJob(
            request: AnnotateRequest(
                input: input, output: folder.file("stride.mp4"), sampling: SamplingRequest(stride: 32)), model: model
        ).run().sidecar
        #expect(stride.windows.count == 1 && stride.method.sampling.stride == 12)
        try NumPyFile.write(folder.file("flat.npy"), shape: [4, 4], bytes: [UInt8](repeating: 0, count: 16))
        await #expect(throws: MediaError.self) {
            _ = try await AnnotateJob(
                request: AnnotateRequest(input: folder.file("flat.npy"), output: folder.file("flat.mp4")), model: model
            ).run()
        }
    }

    @Test("An array of flow beside a video is cut into the video's windows")
    func flowBesideVideo() async throws {
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=1", folder.file("clip.mp4")])
        var random = SeededGenerator(seed: 6)
        try NumPyFile.write(
            folder.file("flow.npy"), shape: [24, 32, 32, 2],
            bytes: (0..<24 * 32 * 32 * 2).map { _ in UInt8.random(in: 0...255, using: &random) })
        let result = try await ClassifyJob(
            request: ClassifyRequest(input: folder.file("clip.mp4"), flow: folder.file("flow.npy")),
            model: try await TinyModel.load(), flowModel: try await TinyModel.load(channels: 2)
        ).run()
        #expect(result.windows.count >= 5 && result.windows.allSatisfy { $0.end - $0.start < 0.33 })
        // A stream can be chosen for the video, but not for flow alone.
        let first = SamplingRequest(stream: 0)
        let chosen = try await ClassifyJob(
            request: ClassifyRequest(input: folder.file("clip.mp4"), flow: folder.file("flow.npy"), sampling: first),
            model: try await TinyModel.load(), flowModel: try await TinyModel.load(channels: 2)
        ).run()
        #expect(chosen.logits == result.logits)
        let error = await #expect(throws: MediaError.self) {
            try await ClassifyJob(
                request: ClassifyRequest(input: folder.file("flow.npy"), sampling: first),
                model: try await TinyModel.load(channels: 2)
            ).run()
        }
        #expect(error?.code == .refused)
    }
}
