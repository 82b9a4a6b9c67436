import TestSupport
import Testing

@testable import Engine

/// The requirements on every method, and the definition of each.
@Suite("Saliency methods")
struct SaliencyMethodTests {
    static let methods: [any SaliencyMethod] = [
        Gradient(), GuidedBackpropagation(), SmoothGrad(GuidedBackpropagation(), copies: 2, seed: 5),
        SmoothGrad(Gradient(), copies: 2, average: .mean),
        SmoothGrad(GradientTimesInput(), copies: 3, average: .variance),
        GradientTimesInput(), IntegratedGradients(baseline: .firstFrame, steps: 3),
        SmoothGrad(IntegratedGradients(baseline: .blurred, steps: 2), copies: 2, average: .mean),
        GuidedIntegratedGradients(baseline: .mean, steps: 3), BlurIntegratedGradients(steps: 3),
        BlurIntegratedGradients(axis: .time, steps: 3),
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
            #expect(other.signed == explanation.signed)
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
        let unknown = #expect(throws: ModelError.self) {
            try method.explain(session, target: .label("nothing like it"), control: counting)
        }
        #expect(unknown?.code == .labels)
        #expect(asked == 0)
        for allowed in [0, 70, 130] {
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
            if (method is any GradientMethod || method is GradientTimesInput) && allowed > 60 { break }
        }
    }

    @Test("SmoothGrad without noise is the method itself, squared or unchanged")
    func smoothWithoutNoise() throws {
        let session = try session()
        let plain = try Gradient().explain(session, target: .index(1))
        let gradient = try session.gradient()
        let values = try SmoothGrad(Gradient(), copies: 3, noise: 0, average: .mean).explain(
            session, target: .index(1))
        #expect(Agreement(values.map.values, plain.map.values).isWithin(error: 1e-6))
        let squares = try SmoothGrad(Gradient(), copies: 3, noise: 0).explain(session, target: .index(1))
        let expected = (0..<gradient.count / 3).map { position in
            gradient[3 * position..<3 * position + 3].reduce(0) { $0 + $1 * $1 }
        }
        #expect(Agreement(squares.map.values, expected).isWithin(error: 1e-6))
    }

    @Test("Noise has mean 0, variance 1 and distinct streams")
    func noise() {
        var sums = (0.0, 0.0, 0.0)
        let count = 100_000
        var noise = GaussianNoise(seed: 1, copy: 0, frame: 0)
        for _ in 0..<count {
            let value = noise.next()
            sums = (sums.0 + value, sums.1 + value * value, sums.2 + value * value * value * value)
        }
        // Five standard errors of mean, variance and fourth moment: 1, √2 and √96 over √n.
        let unit = 5 / Double(count).squareRoot()
        #expect((sums.0 / Double(count)).magnitude < unit)
        #expect((sums.1 / Double(count) - 1).magnitude < 1.42 * unit)
        #expect((sums.2 / Double(count) - 3).magnitude < 9.8 * unit)
        var firsts = Set<Double>()
        for seed: UInt64 in 0..<4 {
            for copy in 0..<4 {
                for frame in 0..<4 {
                    var stream = GaussianNoise(seed: seed, copy: copy, frame: frame)
                    firsts.insert(stream.next())
                }
            }
        }
        #expect(firsts.count == 64)
    }

    @Test("Probabilities are a softmax that does not overflow; answers are sorted, largest first")
    func answers() {
        let probabilities = Explanation.probabilities(logits: [1000, 1000, -1000])
        #expect(probabilities == [0.5, 0.5, 0])
        let top = Explanation.topK(2, logits: [1, 3, 3, 2], labels: ["a", "b", "c", "d"])
        #expect(top.map(\.index) == [1, 2])
        #expect(top.map(\.label) == ["b", "c"])
        #expect(Explanation.topK(9, logits: [1], labels: []).map(\.label) == [nil])
    }
}
