import Testing

@testable import Pipeline

@Suite struct LiveEnginesTests {
    @Test func camerasWithTheSameModelShareAnEngine() async throws {
        let engines = LiveEngines(model: try await TinyModel.load(), threads: 1, scheduler: EngineScheduler())
        let usual = LiveRequest()
        // Sampling of windows and drawing do not affect the network.
        var other = LiveRequest(latency: .low, bound: 5)
        other.sampling.stride = 2
        var first: LiveEngine? = try engines.engine(for: usual)
        #expect(try engines.engine(for: other) === first)
        for different in [
            LiveRequest(sampling: SamplingRequest(window: 4)), LiveRequest(sampling: SamplingRequest(shortSide: 40)),
            LiveRequest(saliency: SaliencyRequest(method: .gradient)),
            LiveRequest(sampling: SamplingRequest(fit: .full)),
        ] {
            #expect(try engines.engine(for: different) !== first)
        }
        let whole = LiveRequest(sampling: SamplingRequest(fit: .full))
        let held = try engines.engine(for: whole)
        #expect(try engines.engine(for: whole) !== held)

        weak let gone = first
        first = nil
        #expect(gone == nil)
    }

    @Test func signsShareTheEngine() async throws {
        let engines = LiveEngines(model: try await TinyModel.load(), threads: 1, scheduler: EngineScheduler())
        let plain = try engines.engine(for: LiveRequest(saliency: SaliencyRequest(method: .gradient)))
        let signed = LiveRequest(saliency: SaliencyRequest(method: .gradient, sign: .signed))
        #expect(try engines.engine(for: signed) === plain)
        #expect(throws: (any Error).self) {
            try engines.engine(for: LiveRequest(saliency: SaliencyRequest(sign: .signed)))
        }
    }

    @Test func unknownClassIsAnError() async throws {
        let engines = LiveEngines(model: try await TinyModel.load(), threads: 1, scheduler: EngineScheduler())
        #expect(throws: (any Error).self) {
            try engines.engine(for: LiveRequest(saliency: SaliencyRequest(target: "sideways")))
        }
    }
}
