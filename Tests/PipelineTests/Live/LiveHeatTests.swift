import Decode
import Engine
import Testing

@testable import Pipeline

@Suite struct LiveHeatTests {
    private func explanation(signed: [Float]?) -> Explanation {
        let values = (signed ?? [Float](repeating: 1, count: 4 * 16 * 16)).map(\.magnitude)
        return Explanation(
            logits: [1, 0], target: ResolvedTarget(index: 0, contrast: 1),
            map: SaliencyMap(frames: 4, height: 16, width: 16, values: values), signed: signed, method: "test",
            cost: PassCount())
    }

    private func due() -> SampleBuffer.Due {
        let frames = (0..<4).map { index in
            ClipFrame(
                pixels: .bytes([UInt8](repeating: 0, count: 3)), width: 1, height: 1, channels: 3, sourceIndex: index,
                sourceTime: Double(index) / 25, isCorrupt: false)
        }
        let window = Window(
            index: 0, firstSample: 0, frames: frames, times: frames.map(\.sourceTime), paddedCount: 0,
            containsCorruption: false)
        return SampleBuffer.Due(window: window, stride: nil, skipped: 0, nextStart: 4)
    }

    /// Negative in the left half, positive in the right one.
    private let halves: [Float] = (0..<4 * 16 * 16).map { $0 % 16 < 8 ? -2 : 2 }

    @Test("Signs are drawn at both latencies", arguments: [LiveRequest.Latency.smooth, .low])
    func signs(_ latency: LiveRequest.Latency) throws {
        let heat = LiveHeat(latency: latency, sign: .signed)
        try heat.add(explanation(signed: halves), of: due(), caption: "a against b")
        let drawn = heat.drawn(at: 0)
        let plane = try #require(drawn.plane)
        #expect(plane.values[0] == 1 && plane.values[15] == 255)
        #expect(plane.values[7] < 128 && plane.values[8] > 128)
        #expect(drawn.caption == "a against b")
    }

    @Test(
        "Signs that do not fit the method are an error, and no frame is drawn",
        arguments: [LiveRequest.Latency.smooth, .low])
    func noSigns(_ latency: LiveRequest.Latency) {
        let heat = LiveHeat(latency: latency, sign: .signed)
        #expect(throws: ModelError.self) { try heat.add(explanation(signed: nil), of: due(), caption: "") }
        #expect(heat.drawn(at: 0).plane == nil)
    }
}
