import TestSupport
import Testing

@testable import Engine

@Suite("Several targets at once")
struct SeveralTargetsTests {
    private static let methods: [(any SaliencyMethod, PassCount)] = [
        (Gradient(), PassCount(forward: 1, backward: 3)), (GradCAM(), PassCount(forward: 1, backward: 3)),
        (HiResCAM(endpoint: "Mixed_4f"), PassCount(forward: 1, backward: 3)),
        (GuidedGradCAM(), PassCount(forward: 1, backward: 6)),
        (
            Occlusion(box: .init(frames: 8, height: 16, width: 16), stride: .init(frames: 8, height: 16, width: 16)),
            PassCount()
        ),
        (XRAI(Gradient()), PassCount(forward: 1, backward: 3)),
        (IntegratedGradients(steps: 3), PassCount(forward: 3, backward: 9)),
    ]

    @Test("Each explanation equals that of its target alone, and forward passes are shared", arguments: methods.indices)
    func shared(_ number: Int) throws {
        let (method, expected) = Self.methods[number]
        let session = try SaliencyGolden().session()
        let targets: [SaliencyTarget] = [.top1, .index(0), .contrast(.index(1), .index(0))]
        var fractions: [Double] = []
        let together = try method.explain(
            session, targets: targets, control: RunControl(progress: { fractions.append($0) }))
        #expect(together.count == 3)
        for (target, explanation) in zip(targets, together) {
            let alone = try method.explain(session, target: target)
            #expect(explanation.map == alone.map)
            #expect(explanation.signed == alone.signed)
            #expect(explanation.resolved == alone.resolved)
            #expect(explanation.logits == alone.logits)
            var cost = expected
            if let occlusion = method as? Occlusion { cost.forward = occlusion.forwardCount(for: session.shape) }
            #expect(explanation.cost == cost)
        }
        #expect(fractions == fractions.sorted() && fractions.last == 1)
    }
}
