import TestSupport
import Testing

@testable import Engine

/// Metrics that run the network, on a random network.
@Suite struct SessionMetricTests {
    private static let shape = ClipShape(frames: 3, height: 34, width: 33, channels: 3)
    private static let plane = 34 * 33

    private func session(threads: Int = 2) throws -> EngineSession {
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let session = try EngineSession(model: model, shape: Self.shape, pool: ThreadPool(threadCount: threads))
        try session.fillRandomly(seed: 3)
        return session
    }

    private func probability(_ session: EngineSession, of clip: [Float], _ target: Int) throws -> Double {
        let own = session.clip()
        defer { session.setClip(own) }
        session.setClip(clip)
        return Explanation.probabilities(logits: try session.forward())[target]
    }

    /// A map that is 1 where `isSalient` is true, and 0 elsewhere.
    private func map(_ isSalient: (Int) -> Bool) -> SaliencyMap {
        SaliencyMap(
            frames: 3, height: 34, width: 33, values: (0..<3 * Self.plane).map { isSalient($0) ? 1 : 0 })
    }

    @Test("Deletion goes from the clip to the baseline, insertion back, both with the most salient pixels first")
    func curves() throws {
        let session = try session()
        let clip = session.clip()
        // The second frame has a third of the pixels.
        let map = map { $0 / Self.plane == 1 }
        for baseline in ClipBaseline.allCases {
            let empty = baseline.values(of: clip, in: session)
            let frame = Self.plane * 3..<Self.plane * 6
            var without = clip
            without.replaceSubrange(frame, with: empty[frame])
            var only = empty
            only.replaceSubrange(frame, with: clip[frame])
            let ends = [try probability(session, of: clip, 2), try probability(session, of: empty, 2)]
            let deletion = try PixelCurveMetric(.deletion, steps: 3, baseline: baseline).curve(
                session, map: map, target: 2)
            #expect(deletion.fractions == [0, 1.0 / 3, 2.0 / 3, 1])
            #expect([deletion.probabilities[0], deletion.probabilities[3]] == ends)
            #expect(deletion.probabilities[1] == (try probability(session, of: without, 2)))
            let insertion = try PixelCurveMetric(.insertion, steps: 3, baseline: baseline).curve(
                session, map: map, target: 2)
            #expect([insertion.probabilities[3], insertion.probabilities[0]] == ends)
            #expect(insertion.probabilities[1] == (try probability(session, of: only, 2)))
        }
        #expect(session.clip() == clip)
    }

    @Test("Per frame, the same part of every frame is removed")
    func perFrame() throws {
        let session = try session()
        // The upper half of every frame, half of 34 rows; in the whole clip the first frames come before the last.
        let map = SaliencyMap(
            frames: 3, height: 34, width: 33,
            values: (0..<3 * Self.plane).map { pixel in
                Float(2 - pixel / Self.plane) * 2 + (pixel % Self.plane < Self.plane / 2 ? 1 : 0)
            })
        let curve = try PixelCurveMetric(.deletion, scope: .frame, steps: 2, baseline: .black).curve(
            session, map: map, target: 0)
        var half = session.clip()
        for index in half.indices where index / 3 % Self.plane < Self.plane / 2 { half[index] = -1 }
        #expect(curve.probabilities[1] == (try probability(session, of: half, 0)))
        let ofClip = try PixelCurveMetric(.deletion, scope: .clip, steps: 2, baseline: .black).curve(
            session, map: map, target: 0)
        #expect(ofClip.probabilities[1] != curve.probabilities[1])
    }

    @Test("The blurred baseline keeps a uniform frame, and the mean baseline is the clip's mean")
    func baselines() throws {
        let session = try session()
        session.fillClip { frame, samples in
            for index in samples.indices { samples[index] = Float(frame) + Float(index % 3) / 4 }
        }
        let clip = session.clip()
        #expect(zip(ClipBaseline.blurred.values(of: clip, in: session), clip).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(ClipBaseline.mean.values(of: clip, in: session).prefix(3) == [1, 1.25, 1.5])
        #expect(ClipBaseline.black.values(of: clip, in: session).allSatisfy { $0 == -1 })
    }

    @Test("Infidelity, sensitivity and randomisation: the same for a seed with any threads; the clip is unchanged")
    func deterministic() throws {
        func measure(threads: Int) throws -> ([Infidelity.Value], Double?, [LogitRandomization.Step]) {
            let session = try session(threads: threads)
            let clip = session.clip()
            let original = try Gradient().explain(session, target: .index(1)).map
            let infidelity = try Infidelity(boxes: 5).values(session, maps: [original], target: 1)
            let sensitivity = try MaxSensitivity(samples: 2).value(
                session, method: Gradient(), original: original, target: 1)
            let logits = try LogitRandomization().steps(session, method: Gradient(), original: original, target: 1)
            #expect(session.clip() == clip)
            return (infidelity, sensitivity, logits)
        }
        let (one, three) = (try measure(threads: 1), try measure(threads: 3))
        #expect(one == three)
        #expect((0...1).contains(one.0[0].unexplained))
        #expect(try #require(one.1) > 0)
        #expect(one.2.count == 3)
        #expect(one.2.allSatisfy { $0.target != 1 && $0.similarity.rankCorrelation ?? 1 < 0.9999 })
    }

    @Test("The sensitivity of a method that ignores the clip is 0, and of one that doubles its map is 1")
    func sensitivity() throws {
        let session = try session()
        let map = map { $0 % 2 == 0 }
        let ignorant = FixedMethod(map: map)
        #expect(try MaxSensitivity(samples: 1).value(session, method: ignorant, original: map, target: 0) == 0)
        let doubled = FixedMethod(
            map: SaliencyMap(frames: 3, height: 34, width: 33, values: map.values.map { 2 * $0 }))
        #expect(try MaxSensitivity(samples: 1).value(session, method: doubled, original: map, target: 0) == 1)
        let nothing = self.map { _ in false }
        #expect(try MaxSensitivity().value(session, method: ignorant, original: nothing, target: 0) == nil)
    }

    @Test("Boxes lie in the clip and have an eighth to a half of each edge")
    func boxes() {
        var random = SplitMix(seed: 1, stream: 0)
        let shape = ClipShape(frames: 1, height: 40, width: 64, channels: 3)
        var seen = Set<Int>()
        for _ in 0..<200 {
            let box = SpaceTimeBox.random(in: shape, using: &random)
            #expect(box.frames == 0..<1)
            #expect((5...20).contains(box.rows.count) && (0...40).contains(box.rows.upperBound))
            #expect((8...32).contains(box.columns.count) && (0...64).contains(box.columns.upperBound))
            seen.insert(box.columns.lowerBound)
        }
        #expect(seen.count > 20)
    }

    @Test("The edges of a step are at the step")
    func edges() throws {
        let session = try session()
        session.fillClip { _, samples in
            for index in samples.indices { samples[index] = index / 3 % 33 < 10 ? 0 : 1 }
        }
        let edges = FrameEdges.map(of: session)
        #expect(edges.values.indices.allSatisfy { (edges.values[$0] == 4) == [9, 10].contains($0 % 33) })
    }

    @Test("Cancelled at once, with the clip unchanged; wrong maps and classes are refused")
    func failures() throws {
        let session = try session()
        let clip = session.clip()
        let map = map { $0 % 3 == 0 }
        var asked = 0
        let cancelled = RunControl(isCancelled: {
            asked += 1
            return asked > 100
        })
        let error = #expect(throws: ModelError.self) {
            try PixelCurveMetric(.deletion, baseline: .black).curve(session, map: map, target: 0, control: cancelled)
        }
        #expect(error?.code == .cancelled)
        #expect(session.clip() == clip)
        let small = SaliencyMap(frames: 1, height: 1, width: 1, values: [0])
        #expect(throws: ModelError.self) {
            try PixelCurveMetric(.deletion, baseline: .black).curve(session, map: small, target: 0)
        }
        #expect(throws: ModelError.self) { try Infidelity().values(session, maps: [map], target: 5) }
    }
}

/// A method that always returns the same map.
private struct FixedMethod: SaliencyMethod {
    let name = "fixed"
    let map: SaliencyMap

    func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        Explanation(
            logits: try session.forward(control: control), target: ResolvedTarget(index: 0), map: map, method: name,
            cost: PassCount())
    }
}
