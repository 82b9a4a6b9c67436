import TestSupport
import Testing

@testable import Engine

@Suite("A clip of which some frames change")
struct ChangedFramesTests {
    private func session(_ model: I3DModel, frames: Int = 64, keepsOverlap: Bool) throws -> EngineSession {
        let session = try EngineSession(
            model: model, shape: ClipShape(frames: frames, height: 33, width: 40, channels: 3),
            pool: ThreadPool(threadCount: 2), keepsOverlap: keepsOverlap)
        try session.fillRandomly(seed: 5)
        return session
    }

    private func answer(_ session: EngineSession) throws -> [UInt32] {
        let logits = try session.forward()
        try session.backward(target: 1, rule: .guided)
        return (logits + (try session.gradient())).map(\.bitPattern)
    }

    @Test("Results have the bytes of a clip that is set as a whole", arguments: [64, 63])
    func sameBytes(_ count: Int) throws {
        let model = try RandomNetwork.model(width: 0.5)
        let (kept, alone) = (
            try session(model, frames: count, keepsOverlap: true),
            try session(model, frames: count, keepsOverlap: false)
        )
        _ = try kept.forward()
        for (step, frames) in [0..<1, 5..<6, 22..<32, 31..<40, count - 1..<count, 0..<0].enumerated() {
            for session in [kept, alone] {
                session.changeClip(frames) { frame, samples in
                    for index in samples.indices { samples[index] *= Float(frame % 3) - 1.5 - Float(step) / 8 }
                }
            }
            #expect(try answer(kept) == answer(alone), "frames \(frames)")
        }
        // Results of a pass that was cancelled are not used.
        kept.changeClip(40..<44) { _, samples in samples.update(repeating: 0.25) }
        var asked = 0
        let control = RunControl(isCancelled: {
            asked += 1
            return asked > 3
        })
        #expect(throws: ModelError.self) { try kept.forward(control: control) }
        alone.changeClip(40..<44) { _, samples in samples.update(repeating: 0.25) }
        #expect(try answer(kept) == answer(alone))
    }

    @Test("Endpoints are complete nevertheless")
    func endpoints() throws {
        let model = try RandomNetwork.model(width: 0.5)
        let (kept, alone) = (try session(model, keepsOverlap: true), try session(model, keepsOverlap: false))
        _ = try kept.forward()
        for names: Set<String> in [["Mixed_3b", "MaxPool3d_2a_3x3"], Set(kept.endpointNames)] {
            for session in [kept, alone] { session.changeClip(9..<11) { $1.update(repeating: Float(names.count)) } }
            let (a, b) = (try kept.forward(capturing: names), try alone.forward(capturing: names))
            #expect(a.logits == b.logits)
            for name in names { #expect(a.endpoints[name]?.values == b.endpoints[name]?.values, "\(name)") }
        }
    }

    @Test("Work consists of the whole tiles that read changed frames")
    func work() throws {
        let model = try RandomNetwork.model(width: 0.5)
        let shape = ClipShape(frames: 64, height: 33, width: 40, channels: 3)
        let overlap = try #require(NetworkBuilder.plan(model, shape, keepsOverlap: true).overlap)
        #expect(overlap.work(after: .everything) == .init(stem: [0..<32], second: [0..<32]))
        #expect(overlap.work(after: .frames(0..<0)) == .init(stem: [], second: []))
        #expect(overlap.work(after: .frames(16..<32)) == .init(stem: [4..<20], second: [0..<24]))
        #expect(overlap.work(after: .frames(63..<64)) == .init(stem: [28..<32], second: [24..<32]))
        #expect(overlap.work(after: .slid(by: 16)) == .init(stem: [0..<4, 20..<32], second: [0..<8, 16..<32]))
    }
}
