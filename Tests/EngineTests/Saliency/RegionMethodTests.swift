import TestSupport
import Testing

@testable import Engine

/// The requirements on every method, for the methods of endpoints, boxes and regions.
@Suite("Maps of endpoints, boxes and regions")
struct RegionMethodTests {
    static let methods: [any SaliencyMethod] = [
        GradCAM(endpoint: "Mixed_4f"), HiResCAM(endpoint: "Mixed_4f"), GuidedGradCAM(endpoint: "Mixed_4f"),
        Occlusion(box: .init(frames: 2, height: 20, width: 20), stride: .init(frames: 2, height: 14, width: 13)),
        XRAI(Gradient()), XRAI(GuidedBackpropagation(), algorithm: .fast),
    ]
    private static let shape = ClipShape(frames: 4, height: 34, width: 33, channels: 3)

    private func session(threads: Int = 2) throws -> EngineSession {
        let model = try RandomNetwork.model(width: 1.0 / 24, labels: ["a", "b", "c", "d", "e"])
        let session = try EngineSession(model: model, shape: Self.shape, pool: ThreadPool(threadCount: threads))
        try session.fillRandomly(seed: 3)
        return session
    }

    @Test("Same bytes with any number of threads, clip unchanged, logits of the clip itself", arguments: methods)
    func contract(_ method: any SaliencyMethod) throws {
        let session = try session()
        let clip = session.clip()
        let logits = try session.forward()
        var parts: [Double] = []
        let explanation = try method.explain(
            session, target: .label("c"), control: RunControl(progress: { parts.append($0) }))
        #expect(explanation.target == 2)
        #expect(explanation.logits == logits)
        #expect(explanation.method == method.name)
        #expect(explanation.map.values.count == Self.shape.count / 3)
        #expect(explanation.map.values.allSatisfy { $0 >= 0 && $0.isFinite })
        #expect(explanation.map.values.contains { $0 > 0 })
        #expect(session.clip() == clip)
        #expect(parts == parts.sorted() && parts.last == 1)
        for threads in [1, 3] {
            let other = try method.explain(try self.session(threads: threads), target: .index(2))
            #expect(other.map == explanation.map)
        }
    }

    @Test("Mistakes are found before the network runs; cancellation leaves the clip unchanged", arguments: methods)
    func failures(_ method: any SaliencyMethod) throws {
        let session = try session()
        let clip = session.clip()
        var asked = 0
        let counting = RunControl(isCancelled: {
            asked += 1
            return false
        })
        #expect(throws: ModelError.self) {
            try method.explain(session, target: .label("nothing like it"), control: counting)
        }
        #expect(asked == 0)
        _ = try method.explain(session, target: .top1, control: counting)
        for allowed in [0, asked / 2, asked - 1] {
            var asked = 0
            let control = RunControl(isCancelled: {
                asked += 1
                return asked > allowed
            })
            let error = #expect(throws: ModelError.self) {
                try method.explain(session, target: .top1, control: control)
            }
            #expect(error?.code == .cancelled)
            #expect(session.clip() == clip)
        }
    }

    @Test("A frame's temporal saliency is its mean")
    func frameMeans() {
        let map = SaliencyMap(frames: 2, height: 1, width: 3, values: [0, 1, 5, 0, 0, 0.75])
        #expect(map.frameMeans == [2, 0.25])
    }
}
