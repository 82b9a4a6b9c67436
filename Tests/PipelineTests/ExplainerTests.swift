import Decode
import Engine
import TestSupport
import Testing

@testable import Pipeline

/// Overlapping windows compared with each window alone.
@Suite struct ExplainerTests {
    private func frames(_ count: Int) -> [ClipFrame] {
        var random = SeededGenerator(seed: 17)
        return (0..<count).map { index in
            ClipFrame(
                pixels: .bytes((0..<32 * 32 * 3).map { _ in UInt8.random(in: 0...255, using: &random) }), width: 32,
                height: 32, channels: 3, sourceIndex: index, sourceTime: Double(index) / 25, isCorrupt: false)
        }
    }

    private func window(_ frames: [ClipFrame], first: Int) -> Window {
        Window(
            index: 0, firstSample: first, frames: frames, times: frames.map(\.sourceTime), paddedCount: 0,
            containsCorruption: false)
    }

    private func explainer(_ model: LoadedModel, smooth: Int, keepsOverlap: Bool) throws -> Explainer {
        try Explainer(
            model: model, request: SaliencyRequest(method: .guidedBackprop, smoothSamples: smooth), threads: 2,
            memoryLimit: .max,
            keepsOverlap: keepsOverlap)
    }

    /// `builtin:motion` shares its stem from one window of 32 frames to the next; a stride of 3 shares nothing, and one
    /// window claims to follow its predecessor but has other frames.
    @Test(arguments: [8, 3], [0, 1]) func overlapDoesNotChangeResults(_ stride: Int, _ smooth: Int) async throws {
        let model = try await LoadedModel.load(path: "builtin:motion")
        let frames = frames(32 + 2 * stride)
        let others = self.frames(32)
        let windows = [
            window(Array(frames[0..<32]), first: 0),
            window(Array(frames[stride..<32 + stride]), first: stride),
            window(Array(frames[2 * stride..<32 + 2 * stride]), first: 2 * stride),
            window(others, first: 3 * stride),
        ]
        let stream = try explainer(model, smooth: smooth, keepsOverlap: true)
        for window in windows {
            let alone = try explainer(model, smooth: smooth, keepsOverlap: false)
            let expected = try alone.explain(window, control: RunControl())
            let found = try stream.explain(window, control: RunControl())
            #expect(found.map.values == expected.map.values)
            #expect(found.logits == expected.logits)
        }
    }

    @Test("Every method explains a window and reports its cost", arguments: SaliencyRequest.Method.allCases)
    func methods(_ method: SaliencyRequest.Method) async throws {
        let model = try await TinyModel.load()
        let frames = frames(8)
        let request = SaliencyRequest(
            method: method, steps: method.standardSteps.map { _ in 3 }, target: "contrast:left,right")
        let explainer = try Explainer(model: model, request: request, threads: 1, memoryLimit: .max)
        let explanation = try explainer.explain(window(frames, first: 0), control: RunControl())
        #expect(explanation.method == method.rawValue)
        #expect(explanation.resolved == ResolvedTarget(index: 0, contrast: 1))
        #expect((explanation.completeness != nil) == (method.isAttribution && method.standardSteps != nil))
        let shape = ClipShape(frames: 8, height: 32, width: 32, channels: 3)
        #expect(explanation.cost == method.cost(with: request.settings, shape: shape))
        let again = try explainer.explain(window(frames, first: 0), control: RunControl())
        #expect(again.map == explanation.map)
    }
}
