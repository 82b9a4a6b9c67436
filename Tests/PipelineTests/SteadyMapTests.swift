import Concurrency
import Encode
import Engine
import TestSupport
import Testing

@testable import Pipeline

/// The alternation of even and odd frames, which is an artefact of the network and not of the clip, is neither drawn
/// nor ranked.
@Suite struct SteadyMapTests {
    private static let (frames, height, width) = (8, 32, 32)

    /// The same pattern in every frame, three times as strong in even frames.
    private func alternating(sign: Float = 1) -> SaliencyMap {
        let plane = Self.height * Self.width
        return SaliencyMap(
            frames: Self.frames, height: Self.height, width: Self.width,
            values: (0..<Self.frames * plane).map { index in
                (index / plane % 2 == 0 ? 3 : 1) * sign * Float(1 + index % plane * 7 % 101)
            })
    }

    @Test("Frames that differ only by their parity are drawn alike", arguments: HeatSign.allCases)
    func drawn(_ sign: HeatSign) {
        let heat = alternating(sign: sign == .signed ? -1 : 1).heat(sign)
        #expect(Set(heat).count == 1 && heat.count == Self.frames)
        #expect(Set(heat[0].values).count > 50)
        let shown = [
            RandomizedNetworkMap(stage: "", map: alternating(), frame: 2),
            RandomizedNetworkMap(stage: "", map: alternating(), frame: 3),
        ].map(\.heat)
        #expect(shown[0] == shown[1])
    }

    @Test("Frame means are those of the drawn map: the binomial filter of order 4, with reflection at the ends")
    func means() {
        let map = alternating()
        let means = map.steadyFrameMeans
        let whole = (map.frameMeans[0] + map.frameMeans[1]) / 2
        #expect(means.allSatisfy { (Double($0) - whole).magnitude < 1e-4 * whole })
        let one = SaliencyMap(frames: 5, height: 1, width: 1, values: [16, 0, 0, 0, 32])
        #expect(one.steadyFrameMeans == [6, 4, 3, 8, 12])
        #expect(one.steady.values == one.steadyFrameMeans)
        for (values, expected) in [([Float]([7]), [Float]([7])), ([4, 12], [8, 8]), ([], [])] {
            #expect(
                SaliencyMap(frames: values.count, height: 1, width: 1, values: values).steady.values == expected)
        }
    }

    @Test("Deletion, insertion and information use the map as it is drawn")
    func ranked() async throws {
        let folder = try TemporaryDirectory()
        try TinyModel.write(to: folder.file("tiny.safetensors"))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=0.6", folder.file("clip.mp4")])
        let loaded = try await LoadedModel.loadWithVariables(path: folder.file("tiny.safetensors"))
        let request = TrustRequest(
            input: folder.file("clip.mp4"), output: folder.file("out"), methods: [.gradient], steps: 4, boxes: 2,
            randomOrders: 1, isFull: true, saliency: SaliencyRequest(target: "up"))
        let result = try await TrustJob(request: request, model: loaded.model, variables: loaded.variables).run()
        let method = try #require(result.methods.first)
        let window = try WindowReader.first(
            of: request.input, request: request.sampling, manifest: loaded.model.manifest,
            cancellation: Cancellation()
        ).window
        let explainer = try Explainer(
            model: loaded.model, request: request.saliency, threads: 2, memoryLimit: MemoryBudget.standard)
        let session = try explainer.load(window)
        let map = try Gradient().explain(session, target: .index(2)).map
        let curves = try TrustCurves(session, target: 2, steps: 4)
        func measured(_ map: SaliencyMap) throws -> [TrustResult.Curve] {
            try curves.of(map, scopes: PixelCurveMetric.Scope.allCases, control: RunControl())
        }
        let (raw, steady) = (try measured(map), try measured(map.steady))
        #expect(method.curves == steady && method.curves != raw)
        let information = try TrustEvidence.information(
            session, maps: [map.steady], target: 2, seed: 1, control: RunControl())
        #expect(method.information?.readings == information?.first)
    }
}
