import Concurrency
import Decode
import Encode
import Engine
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Windows with the same content as the one before are not computed again.
@Suite("Windows without a new frame", .hangLimit)
struct StillWindowTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// Eight frames, each of one grey.
    private func window(_ index: Int, greys: [UInt8], padded: Int = 0) -> Window {
        let frames = greys.enumerated().map { number, grey in
            ClipFrame(
                pixels: .bytes((0..<32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 &* 7) ^ grey }), width: 32,
                height: 32, channels: 3, sourceIndex: index + number, sourceTime: 0, isCorrupt: false)
        }
        return Window(
            index: index, firstSample: index * 4, frames: frames,
            times: (0..<8).map { Double(index * 4 + $0) / 25 }, paddedCount: padded, containsCorruption: false)
    }

    private func windows(_ model: LoadedModel) throws -> AnnotatedWindows {
        let request = AnnotateRequest(
            input: "in.mp4", output: "out.mp4", saliency: SaliencyRequest(method: .gradient, smoothSamples: 2))
        let explainer = try Explainer(model: model, request: request.saliency, threads: 1, memoryLimit: .max)
        return AnnotatedWindows(
            explainer: explainer, request: request, manifest: model.manifest,
            measurer: WindowTrustMeasurer(
                model: model, explainer: explainer, memoryLimit: .max, seed: 1, scheduler: EngineScheduler(),
                stop: StopRequest(),
                report: { _ in }, advance: {}))
    }

    @Test("Equal samples in other objects have the same result without a pass; different samples have their own")
    func samples() async throws {
        let model = try await TinyModel.load()
        let windows = try windows(model)
        var passes = 0
        let control = RunControl(progress: { _ in passes += 1 })
        let still = [UInt8](repeating: 9, count: 8)
        let first = try windows.explain(window(0, greys: still), end: 0.32, control: control)
        #expect(passes > 0 && !first.repeatsLast && !first.extendsRecord)
        passes = 0
        let again = try windows.explain(window(1, greys: still), end: 0.48, control: control)
        #expect(passes == 0 && again.repeatsLast && again.extendsRecord)
        #expect(again.shown[0].map == first.shown[0].map)
        #expect(again.record.start == 4.0 / 25 && again.record.end == 0.48 && again.record.index == 1)
        // The result is as if it had been computed.
        let computed = try self.windows(model).explain(window(1, greys: still), end: 0.48, control: control)
        #expect(computed.shown[0].map == again.shown[0].map)
        #expect(computed.record == again.record)
        passes = 0
        let other = try windows.explain(window(2, greys: [9, 9, 9, 9, 9, 9, 9, 10]), end: 0.6, control: control)
        #expect(passes > 0 && !other.repeatsLast)
        // A padded frame is the same for the network, but another one in the record.
        let padded = try windows.explain(
            window(3, greys: [9, 9, 9, 9, 9, 9, 9, 10], padded: 3), end: 0.7, control: control)
        #expect(padded.repeatsLast && !padded.extendsRecord && padded.record.flags == [.padded])
    }

    /// Two frames, 400 s apart: 5,000 windows, of which four differ.
    @Test("A clip of two frames with minutes between them is annotated at once, with one record per still")
    func sparse() async throws {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=1/400", "-frames:v", "2", "-c:v", "libx264",
            folder.file("sparse.mp4"),
        ])
        let passes = Mutex(0)
        let request = AnnotateRequest(
            input: folder.file("sparse.mp4"), output: folder.file("out.mp4"),
            saliency: SaliencyRequest(method: .integratedGradients, steps: 4))
        let outcome = try await AnnotateJob(request: request, model: try await TinyModel.load()).run { progress in
            passes.withLock { $0 += 1 }
        }
        let records = outcome.sidecar.windows
        #expect(records.count < 12)
        #expect(outcome.progress.windows > 4000)
        #expect(records.reduce(0) { $0 + 1 + ($1.repeats ?? 0) } == outcome.progress.windows)
        #expect(outcome.sidecar.unexplained.isEmpty)
        // One report per window, and a few for each that was computed.
        #expect(passes.withLock { $0 } < outcome.progress.windows + 200)
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == 2)
    }
}
