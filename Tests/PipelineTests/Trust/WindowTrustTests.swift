import Concurrency
import Engine
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// The trust measurements of `annotate` for its windows.
@Suite struct WindowTrustTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try TinyModel.write(to: folder.file("tiny.safetensors"))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=1", folder.file("clip.mp4")])
    }

    private func annotate(
        _ output: String, windows: Int, stop: StopRequest = StopRequest(),
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws -> Sidecar {
        let model = try await LoadedModel.load(path: folder.file("tiny.safetensors"))
        let request = AnnotateRequest(
            input: folder.file("clip.mp4"), output: folder.file(output),
            saliency: SaliencyRequest(method: .guidedBackprop, target: "up"),
            trustWindows: windows)
        return try await AnnotateJob(request: request, model: model).run(stop: stop, progress: progress).sidecar
    }

    @Test func windowsOfHighestProbabilityAreMeasuredLikeTrust() async throws {
        let sidecar = try await annotate("out.mp4", windows: 2)
        let certain = sidecar.windows.sorted { $0.target.probability > $1.target.probability }.prefix(2)
        #expect(Set(sidecar.windows.filter { $0.trust != nil }.map(\.index)) == Set(certain.map(\.index)))
        for window in certain {
            #expect(window.trust?.verdict.findings.map(\.check) == [.weights, .classes, .pixels])
        }
        // The figures and sentences are those of the report.
        let loaded = try await LoadedModel.loadWithVariables(path: folder.file("tiny.safetensors"))
        let window = try #require(certain.first)
        let request = TrustRequest(
            input: folder.file("clip.mp4"), output: folder.file("trust"), start: window.start,
            methods: [.guidedBackprop], saliency: SaliencyRequest(target: "up"))
        let report = try await TrustJob(request: request, model: loaded.model, variables: loaded.variables).run()
        let method = try #require(report.methods.first)
        let trust = try #require(window.trust)
        #expect(trust.deletion == method.curves.of(.deletion, .clip)?.area)
        #expect(trust.insertion == method.curves.of(.insertion, .clip)?.area)
        #expect(trust.randomDeletion == report.random.of(.deletion, .clip)?.area)
        #expect(trust.verdict.findings == method.verdict.findings.filter { $0.check != .parts && $0.check != .noise })
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode(Sidecar.self, from: Data(folder.bytes(of: "out.json"))) == sidecar)
    }

    @Test func jobReportsMeasurements() async throws {
        let told = Mutex<[String]>([])
        let outcome = try await annotate("out.mp4", windows: 2) { progress in
            guard let activity = progress.activity else { return }
            told.withLock { if $0.last != activity { $0.append(activity) } }
        }
        let ofOne = ["explanation", "deletion and insertion", "other classes", "random order"]
        let windows = ["trust in window 1 of 2: ", "trust in window 2 of 2: "]
        let all = windows.flatMap { window in ofOne.map { window + $0 } }
        #expect(told.withLock(\.self) == all + windows.map { $0 + "randomising the network" })
        #expect(outcome.windows.count { $0.trust != nil } == 2)
    }

    @Test func deletionUsesTheMeanAndInsertionABlur() {
        #expect(TrustCurves.metric(.deletion, scope: .clip, steps: 5).baseline == .mean)
        #expect(TrustCurves.metric(.insertion, scope: .frame, steps: 5).baseline == .blurred)
    }

    @Test func nothingIsMeasuredUnlessRequestedOrOnceTheJobIsEnding() async throws {
        #expect(try await annotate("plain.mp4", windows: 0).windows.allSatisfy { $0.trust == nil })
        let stop = StopRequest()
        let sidecar = try await annotate("stopped.mp4", windows: 1, stop: stop) { progress in
            if progress.windows > 0 { stop.finishSoon() }
        }
        #expect(sidecar.windows.allSatisfy { $0.trust == nil })
        #expect(sidecar.warnings.contains { $0.contains("1 window was not measured") })
    }

    @Test func changedCheckpointIsDetected() async throws {
        let model = try await LoadedModel.load(path: folder.file("tiny.safetensors"))
        let other = try UntrainedNetwork.variables(width: 1.0 / 32, classCount: 5, seed: 8)
        try FileManager.default.removeItem(atPath: folder.file("tiny.safetensors"))
        try other.write(safetensors: folder.file("tiny.safetensors"), manifest: model.manifest)
        let error = #expect(throws: ModelError.self) { try model.variables() }
        #expect(error?.reason.contains("has changed") == true)
    }
}
