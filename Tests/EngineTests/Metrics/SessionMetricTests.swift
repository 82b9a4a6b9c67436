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

    @Test("Measures of several methods together are those of each alone")
    func together() throws {
        let session = try session()
        let methods: [any SaliencyMethod] = [
            GuidedBackpropagation(), GradientTimesInput(), GradCAM(endpoint: "Mixed_4f"), Gradient(),
            IntegratedGradients(steps: 2),
        ]
        let group = MethodGroup(methods)
        let originals = try methods.map { try $0.explain(session, target: .index(1)).map }
        let sensitivity = MaxSensitivity(samples: 2)
        var changes: [[Double?]] = []
        for sample in 0..<2 {
            changes.append(
                try sensitivity.changes(session, sample: sample, methods: group, originals: originals, target: 1))
        }
        let classes = try LogitRandomization(classes: 2).steps(
            session, methods: group, originals: originals, target: 1)
        for (index, method) in methods.enumerated() {
            let original = originals[index]
            let alone = try sensitivity.value(session, method: method, original: original, target: 1)
            #expect(MaxSensitivity.largest(changes.map { $0[index] }) == alone, "\(method.name)")
            let ofClasses = try LogitRandomization(classes: 2).steps(
                session, method: method, original: original, target: 1)
            #expect(classes[index] == ofClasses, "\(method.name)")
        }
    }

    @Test("Losses without boxes are the same in parts, and where the session computes only what a box affects")
    func boxLosses() throws {
        let shape = ClipShape(frames: 24, height: 34, width: 33, channels: 3)
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let infidelity = Infidelity(boxes: 7, seed: 5)
        func losses(keepsOverlap: Bool, parts: [Range<Int>]) throws -> [Double] {
            let session = try EngineSession(
                model: model, shape: shape, pool: ThreadPool(threadCount: 2), keepsOverlap: keepsOverlap)
            try session.fillRandomly(seed: 3)
            let clip = session.clip()
            defer { #expect(session.clip() == clip) }
            return try parts.flatMap { try infidelity.losses(session, target: 2, of: $0) }
        }
        let whole = try losses(keepsOverlap: false, parts: [0..<7])
        #expect(whole.count == 7 && Set(whole).count > 1)
        #expect(try losses(keepsOverlap: true, parts: [0..<3, 3..<6, 6..<9]) == whole)
        // By hand: the mean colour in the box.
        let session = try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 3)
        let (clip, box) = (session.clip(), infidelity.places(in: shape)[4])
        let mean = ClipBaseline.mean.values(of: clip, in: session)
        let before = try session.forward()[2]
        var without = clip
        box.forEachRow(in: shape) { row in
            for sample in row.lowerBound * 3..<row.upperBound * 3 { without[sample] = mean[sample] }
        }
        session.setClip(without)
        #expect(try Double(before) - Double(session.forward()[2]) == whole[4])
        // More boxes of one seed begin with the same ones.
        #expect(Infidelity(boxes: 9, seed: 5).places(in: shape).prefix(7) == infidelity.places(in: shape)[...])
    }

    @Test("Random orders differ, and the first one is that of earlier versions")
    func randomOrders() {
        let maps = (0..<3).map { RandomOrder.map(Self.shape, seed: 7, number: $0).values }
        #expect(maps[0] != maps[1] && maps[1] != maps[2])
        var random = SplitMix(seed: 7, stream: 1)
        let first = (0..<4).map { _ in Float(random.uniform()) }
        #expect(Array(maps[0].prefix(4)) == first)
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
