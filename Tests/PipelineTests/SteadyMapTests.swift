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
        let model = try await TinyModel.load().network
        let session = try EngineSession(
            model: model,
            shape: ClipShape(frames: Self.frames, height: Self.height, width: Self.width, channels: 3),
            pool: ThreadPool(threadCount: 2))
        var random = SeededGenerator(seed: 3)
        for frame in 0..<Self.frames {
            let bytes = (0..<Self.height * Self.width * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
            try session.setFrame(frame, bytes: bytes.span)
        }
        let map = alternating()
        let evidence = TrustEvidence(session: session, target: 1, steps: 4, seed: 1, isCancelled: { false })
        let measured = try evidence.measure([
            TrustEvidence.Measures(name: "gradient", method: Gradient(), map: map, completeness: nil)
        ]).methods[0]
        let (raw, steady) = (try evidence.curves(map), try evidence.curves(map.steady))
        #expect(measured.curves == steady && steady != raw)
        #expect(measured.information == (try evidence.information([map.steady])?.first))
    }
}
