import Testing

@testable import Engine

/// Some methods take minutes for a window. Callers are informed of every pass, and may let others compute in between.
@Suite("Progress between passes")
struct PassReportTests {
    private static let shape = ClipShape(frames: 4, height: 34, width: 33, channels: 3)
    /// One pass over the clip itself, and a forward and a backward pass over a changed clip.
    private static let maximumPasses = 3

    private func session() throws -> EngineSession {
        let model = try RandomNetwork.model(width: 1.0 / 32, labels: ["a", "b", "c", "d", "e"])
        let session = try EngineSession(model: model, shape: Self.shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 3)
        return session
    }

    /// The maximum number of the session's passes between two reports of `body`, or after the last report.
    private func maximumUnreportedPasses(
        of session: EngineSession, _ body: (RunControl) throws -> Void
    ) throws -> Int {
        var reported = session.passes
        var maximum = 0
        func record() {
            maximum = max(maximum, (session.passes - reported).multiple)
            reported = session.passes
        }
        try body(RunControl(progress: { _ in record() }))
        record()
        return maximum
    }

    @Test("No method makes more than three passes without reporting progress", arguments: SaliencyMethodTests.methods)
    func attributions(_ method: any SaliencyMethod) throws {
        let session = try session()
        let unreported = try maximumUnreportedPasses(of: session) {
            _ = try method.explain(session, target: .top1, control: $0)
        }
        #expect(unreported > 0 && unreported <= Self.maximumPasses)
    }

    @Test("Nor do methods of endpoints, boxes and regions", arguments: RegionMethodTests.methods)
    func regions(_ method: any SaliencyMethod) throws {
        let session = try session()
        let unreported = try maximumUnreportedPasses(of: session) {
            _ = try method.explain(session, target: .top1, control: $0)
        }
        #expect(unreported > 0 && unreported <= Self.maximumPasses)
    }

    @Test("Nor do measures that explain repeatedly, with a method of many passes")
    func measures() throws {
        let session = try session()
        let method = IntegratedGradients(steps: 6)
        let original = try method.explain(session, target: .index(1)).map
        let sensitivity = try maximumUnreportedPasses(of: session) {
            _ = try MaxSensitivity(samples: 2).value(
                session, method: method, original: original, target: 1, control: $0)
        }
        #expect(sensitivity > 0 && sensitivity <= Self.maximumPasses)
        let classes = try maximumUnreportedPasses(of: session) {
            _ = try LogitRandomization(classes: 2).steps(
                session, method: method, original: original, target: 1, control: $0)
        }
        #expect(classes > 0 && classes <= Self.maximumPasses)
        let order = try maximumUnreportedPasses(of: session) {
            _ = try PixelCurveMetric(.deletion, steps: 4, baseline: .mean).curve(
                session, map: original, target: 1, control: $0)
        }
        #expect(order > 0 && order <= Self.maximumPasses)
        let boxes = try maximumUnreportedPasses(of: session) {
            _ = try Infidelity(boxes: 4).values(session, maps: [original], target: 1, control: $0)
        }
        #expect(boxes > 0 && boxes <= Self.maximumPasses)
    }

    @Test("With randomised networks, every step of every explanation is reported")
    func randomization() throws {
        let variables = RandomNetwork.variables(width: 1.0 / 32)
        let session = try session()
        let method = IntegratedGradients(steps: 6)
        let original = try method.explain(session, target: .index(1)).map
        var parts: [Double] = []
        let stages = Array(NetworkRandomization.stages.prefix(2))
        _ = try CascadingRandomization(
            variables: variables, model: session.model, shape: Self.shape, pool: session.pool
        ).steps(
            clip: session.clip(), target: 1, methods: [method], originals: [original], stages: stages,
            control: RunControl(progress: { parts.append($0) }))
        #expect(parts.count >= 6 * stages.count + NetworkRandomization.stages.count)
        #expect(parts == parts.sorted() && parts.last == 1)
    }
}
