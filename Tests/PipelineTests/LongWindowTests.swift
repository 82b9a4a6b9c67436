import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// One window of some methods takes minutes. Meanwhile the job reports progress, and cameras compute.
@Suite("Long windows", .hangLimit)
struct LongWindowTests {
    private let folder: TemporaryDirectory
    private let saliency = SaliencyRequest(method: .integratedGradients, smoothSamples: 2, steps: 10)
    /// The passes of a window: forward and backward for every step of every copy.
    private let passes = 2 * 10

    init() throws {
        folder = try TemporaryDirectory()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.32", folder.file("clip.mp4"),
        ])
    }

    /// The events at the scheduler while a job computes its only window, of which every pass is reported.
    private final class Camera: Sendable {
        private struct State {
            var reports = 0
            var turns = 0
            var isBusy = false
        }

        let scheduler = EngineScheduler()
        private let state = Mutex(State())
        private let finished = DispatchSemaphore(value: 0)

        var reports: Int { state.withLock { $0.reports } }
        var turns: Int { state.withLock { $0.turns } }

        /// Called from the job's threads: a camera arrives, and waits before this returns.
        func note(_ progress: JobProgress) {
            let begins = state.withLock { state in
                guard progress.windows == 0 else { return false }
                state.reports += 1
                guard !state.isBusy else { return false }
                state.isBusy = true
                return true
            }
            guard begins else { return }
            Thread { [self] in
                try? scheduler.turn(.camera, cancellation: Cancellation()) { state.withLock { $0.turns += 1 } }
                state.withLock { $0.isBusy = false }
                finished.signal()
            }.start()
            while scheduler.waiting.cameras == 0, state.withLock({ $0.isBusy }) { sched_yield() }
        }
    }

    @Test("An annotated window yields to a camera between its passes, and reports each pass")
    func annotate() async throws {
        let camera = Camera()
        let request = AnnotateRequest(
            input: folder.file("clip.mp4"), output: folder.file("out.mp4"), saliency: saliency)
        let job = AnnotateJob(request: request, model: try await TinyModel.load(), scheduler: camera.scheduler)
        let outcome = try await job.run { camera.note($0) }
        #expect(outcome.sidecar.windows.count == 1)
        #expect(camera.reports >= passes)
        #expect(camera.turns >= passes / 2)
    }

    @Test("A window whose trust is measured yields too")
    func trust() async throws {
        let reports = Mutex(0)
        let steps = 5
        let request = AnnotateRequest(
            input: folder.file("clip.mp4"), output: folder.file("out.mp4"),
            saliency: SaliencyRequest(method: .integratedGradients, steps: steps), trustWindows: 1)
        // The networks with randomised weights are made from the checkpoint.
        try TinyModel.write(to: folder.file("tiny.safetensors"))
        let model = try await LoadedModel.load(path: folder.file("tiny.safetensors"))
        let job = AnnotateJob(request: request, model: model)
        _ = try await job.run { progress in
            if progress.activity != nil { reports.withLock { $0 += 1 } }
        }
        // 14 explanations, with a report for each pass.
        #expect(reports.withLock { $0 } >= 14 * steps)
    }

    @Test("A window that several methods explain yields too")
    func compare() async throws {
        let reports = Mutex(0)
        let other = SaliencyRequest(method: .blurIG, steps: 20)
        let request = CompareRequest(
            input: folder.file("clip.mp4"), output: folder.file("out.mp4"), methods: [saliency, other])
        let job = CompareJob(request: request, model: try await TinyModel.load())
        _ = try await job.run { progress in
            if progress.windows == 0 { reports.withLock { $0 += 1 } }
        }
        #expect(reports.withLock { $0 } >= passes + 20)
    }
}
