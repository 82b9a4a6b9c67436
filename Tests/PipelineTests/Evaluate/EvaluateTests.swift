import Concurrency
import Engine
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// `evaluate`: lists, the summary, and resuming after a stop.
@Suite struct EvaluateTests {
    private let folder: TemporaryDirectory
    private static let manifest = ModelManifest(
        name: "m", classCount: 3, inputChannels: 3, labels: ["still", "moving left", "up"])

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func clips(_ text: String) throws -> [ClipList.Clip] {
        try ClipList(text: text, path: "list.txt", root: "/data", manifest: Self.manifest).clips
    }

    @Test func listsNamePathsAndLabels() throws {
        let clips = try clips("# none\n\na.avi 1\r\n  \n/b.avi moving_left\nwith space.avi\tup  \n")
        #expect(clips.map(\.path) == ["/data/a.avi", "/b.avi", "/data/with space.avi"])
        #expect(clips.map(\.name) == ["a.avi", "/b.avi", "with space.avi"])
        #expect(clips.map(\.label) == [1, 1, 2])
    }

    @Test(arguments: [
        ("a.avi\n", "line 1"), ("a.avi 0\n\nb.avi 3", "line 3"), ("a.avi down", "line 1"), ("a 0\na 1", "second time"),
        ("", "names no clip"), ("a -1", "line 1"), (" 1", "line 1"), ("a top1", "line 1"),
    ])
    func mistakesNameTheirLine(_ text: String, _ reason: String) {
        let error = #expect(throws: (any Error).self) { try clips(text) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(reason))
    }

    private func evaluation(_ name: String, _ label: Int, _ logits: [Float]) -> ClipEvaluation {
        ClipEvaluation(ClipList.Clip(name: name, path: name, label: label), logits: logits, windows: 1)
    }

    @Test func summaryEqualsHandComputation() {
        let clips = [
            evaluation("a", 0, [9, 8, 7, 6, 5, 4]), evaluation("b", 0, [0, 9, 8, 7, 6, 5]),
            evaluation("c, d", 1, [9, 1, 2, 3, 4, 1]), evaluation("e", 5, [1, 1, 1, 1, 1, 2]),
            ClipEvaluation(ClipList.Clip(name: "f", path: "f", label: 1), error: "is \"gone\""),
        ]
        #expect(clips.map(\.rank) == [1, 6, 5, 1, nil])
        let result = EvaluationResult(
            list: "l", model: ModelDescription(name: "m", form: "f", sha256: "s", classes: 6), labels: ["zero"],
            clips: clips)
        #expect(result.clips == 4)
        #expect(result.top1 == 0.5 && result.top5 == 0.75)
        // Class 0: 1 of 2, class 1: 0 of 1, class 5: 1 of 1.
        #expect(result.meanClassTop1 == 0.5)
        #expect(result.classes.map(\.index) == [0, 1, 5])
        #expect(result.classes.map(\.clips) == [2, 1, 1])
        #expect(result.classes.map(\.predicted) == [2, 1, 1])
        #expect(result.classes.map(\.label) == ["zero", nil, nil])
        #expect(
            result.confusion.map { [$0.label, $0.predicted, $0.clips] } == [
                [0, 0, 1], [0, 1, 1], [1, 0, 1], [5, 5, 1],
            ])
        #expect(result.unreadable.map(\.clip) == ["f"])
        #expect(
            EvaluationTables.confusion(result, labels: ["zero"])
                == "label \\ predicted,zero,1,5\r\nzero,1,1,0\r\n1,1,0,0\r\n5,0,0,1\r\n")
        let table = EvaluationTables.clips(clips, labels: ["zero"]).components(separatedBy: "\r\n")
        #expect(table[1].hasPrefix("a,0,zero,0,zero,1,0."))
        #expect(table[3].hasPrefix("\"c, d\",1,,0,zero,5,0."))
        #expect(table[5] == "f,1,,,,,,,\"is \"\"gone\"\"\"")
    }

    @Test func resumesAndNamesUnreadableClips() async throws {
        for name in ["a.mp4", "b.mp4"] {
            try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=0.4", folder.file(name)])
        }
        let model = try await TinyModel.load()
        let list = folder.file("list.txt")
        try Data("a.mp4 left\nmissing.mp4 up\nb.mp4 2\n".utf8).write(to: URL(fileURLWithPath: list))
        let clips = try ClipList(path: list, manifest: model.manifest)
        func job(_ sampling: SamplingRequest = SamplingRequest()) -> EvaluateJob {
            EvaluateJob(clips: clips, list: list, output: folder.file("out"), sampling: sampling, model: model)
        }
        // Stopped after the first clip.
        let stop = StopRequest()
        await #expect(throws: CancellationError.self) {
            try await job().run(stop: stop) { done, _ in if done == 1 { stop.finishSoon() } }
        }
        #expect(try lines().count == 2)
        // As if the process had been killed while writing.
        try append("{\"clip\":\"b.m")
        let result = try await job().run()
        #expect(result.clips == 2)
        #expect(result.unreadable.map(\.clip) == ["missing.mp4"])
        #expect(try lines().count == 4)
        #expect(try lines().allSatisfy { $0.hasSuffix("}") })
        // Only the missing clip is tried again, and it now exists.
        try FileManager.default.copyItem(atPath: folder.file("a.mp4"), toPath: folder.file("missing.mp4"))
        let repaired = try await job().run()
        #expect(repaired.clips == 3 && repaired.unreadable.isEmpty)
        #expect(try lines().count == 5)
        let before = try folder.bytes(of: "out/evaluation.json")
        #expect(try await job().run() == repaired)
        #expect(try folder.bytes(of: "out/evaluation.json") == before)
        #expect(try lines().count == 5)
        let other = await #expect(throws: MediaError.self) { try await job(SamplingRequest(stride: 8)).run() }
        #expect(other?.code == .outputExists)
        for name in ["clips.csv", "confusion.csv"] { #expect(try !folder.bytes(of: "out/\(name)").isEmpty) }
    }

    private func evidence(_ deletion: [Double], _ insertion: [Double], seconds: Double) -> ClipEvidence {
        func areas(_ place: Int) -> ClipEvidence.Areas {
            func curve(_ direction: PixelCurveMetric.Direction, _ area: Double) -> TrustResult.Curve {
                TrustResult.Curve(direction: direction, scope: .clip, area: area, fractions: [], probabilities: [])
            }
            let readings = InformationMetric.Value(
                fractions: [0, 0.5, 1], bytes: [10, 20, 30], probabilities: [0, deletion[place], 1], answers: [])
            return ClipEvidence.Areas(
                curves: [curve(.deletion, deletion[place]), curve(.insertion, insertion[place])],
                information: readings)
        }
        return ClipEvidence(
            target: 0, random: areas(0),
            methods: [
                .init(name: "gradient", areas: areas(1), cost: PassCount(forward: 1, backward: 1), seconds: seconds)
            ])
    }

    @Test func evidenceSummaryEqualsHandComputation() throws {
        let clips = [evidence([0.5, 0.25], [0.5, 1], seconds: 1), evidence([0.75, 0.5], [0.5, 0.5], seconds: 3)]
        let summary = try #require(EvidenceSummary(clips, request: EvidenceRequest(methods: [.gradient])))
        #expect(summary.clips == 2 && summary.methods.map(\.name) == ["random", "gradient"])
        let (random, gradient) = (summary.methods[0], summary.methods[1])
        #expect(random.deletion.mean == 0.625 && random.gain.mean == 0 && random.gain.deviation == 0)
        #expect(gradient.deletion.mean == 0.375 && gradient.insertion.mean == 0.75)
        // 0.75 and 0 for the clips' maps, 0 and -0.25 for the random order.
        #expect(gradient.gain.mean == 0.5)
        #expect(abs(gradient.gain.deviation - (0.125).squareRoot()) < 1e-12)
        #expect(gradient.seconds.mean == 2 && gradient.forwardPasses == 1 && gradient.backwardPasses == 1)
        // Half of the information restores 0.25 and 0.5; the median is between them.
        #expect(gradient.informationClips == 2)
        let area = try #require(gradient.information)
        let expected: Double = 0.375 / 4 + 1.375 / 4
        #expect(abs(area - expected) < 1e-6)
        #expect(EvidenceSummary([], request: EvidenceRequest(methods: [.gradient])) == nil)
    }

    @Test func methodsAreMeasuredOnEachClipAndResumed() async throws {
        for (name, source) in [("a.mp4", "testsrc2"), ("b.mp4", "testsrc")] {
            try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "\(source)=s=48x40:r=25:d=0.4", folder.file(name)])
        }
        let model = try await TinyModel.load()
        let list = folder.file("list.txt")
        try Data("a.mp4 left\nb.mp4 2\n".utf8).write(to: URL(fileURLWithPath: list))
        let clips = try ClipList(path: list, manifest: model.manifest)
        func job(_ methods: [SaliencyRequest.Method]?) -> EvaluateJob {
            EvaluateJob(
                clips: clips, list: list, output: folder.file("out"),
                evidence: methods.map { EvidenceRequest(methods: $0, steps: 4) }, model: model)
        }
        let stop = StopRequest()
        await #expect(throws: CancellationError.self) {
            try await job([.gradient, .gradCAM]).run(stop: stop) { done, _ in if done == 1 { stop.finishSoon() } }
        }
        let result = try await job([.gradient, .gradCAM]).run()
        let evidence = try #require(result.evidence)
        #expect(evidence.clips == 2)
        #expect(evidence.methods.map(\.name) == ["random", "gradient", "grad-cam"])
        for method in evidence.methods {
            #expect((0...1).contains(method.deletion.mean) && (0...1).contains(method.insertion.mean))
        }
        #expect(evidence.methods[1].forwardPasses == 1 && evidence.methods[1].backwardPasses == 1)
        let table = String(decoding: try folder.bytes(of: "out/evidence.csv"), as: UTF8.self)
        #expect(table.split(separator: "\r\n").count == 1 + 2 * 3)
        // Nothing is measured twice: the durations are those of the first run.
        #expect(try await job([.gradient, .gradCAM]).run() == result)
        for other: [SaliencyRequest.Method]? in [nil, [.gradient]] {
            let error = await #expect(throws: MediaError.self) { try await job(other).run() }
            #expect(error?.code == .outputExists)
        }
    }

    private func lines() throws -> [Substring] {
        String(decoding: try folder.bytes(of: "out/clips.jsonl"), as: UTF8.self).split(separator: "\n")
    }

    private func append(_ text: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("out/clips.jsonl")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }
}
