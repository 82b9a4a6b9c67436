import Concurrency
import Engine
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// What a stopped `trust` keeps, and how it continues.
@Suite struct TrustResumeTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try TinyModel.write(to: folder.file("tiny.safetensors"))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=1", folder.file("clip.mp4")])
    }

    private static let methods: [SaliencyRequest.Method] = [
        .guidedBackprop, .gradient, .gradientTimesInput, .gradCAM, .guidedGradCAM,
    ]

    private func job(
        _ output: String = "out", seed: UInt64 = 1, isReplacing: Bool = false, tolerance: Double = 15,
        isFull: Bool = false
    ) async throws -> TrustJob {
        let loaded = try await LoadedModel.loadWithVariables(path: folder.file("tiny.safetensors"))
        let request = TrustRequest(
            input: folder.file("clip.mp4"), output: folder.file(output), methods: Self.methods, tolerance: tolerance,
            steps: 3, boxes: 30, randomOrders: 2, isFull: isFull,
            saliency: SaliencyRequest(seed: seed, target: "up"), isReplacing: isReplacing)
        return TrustJob(request: request, model: loaded.model, variables: loaded.variables, threads: 2)
    }

    private var journal: String { folder.file("out.unfinished/journal.jsonl") }

    private func lines() throws -> [Substring] {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: journal)), as: UTF8.self).split(separator: "\n")
    }

    /// Runs the job until it begins its `limit`th measurement of this run.
    private func runUntil(_ limit: Int, _ job: TrustJob) async throws {
        let stop = StopRequest()
        let begun = Mutex<Set<String>>([])
        _ = try await job.run(stop: stop) { progress in
            let count = begun.withLock {
                $0.insert(progress.activity)
                return $0.count
            }
            if count > limit { stop.abort.cancel() }
        }
    }

    @Test("Stopped after each measurement, it continues until the report has the bytes of an uninterrupted run")
    func continued() async throws {
        _ = try await job("whole").run()
        var kept = 0
        var stops = 0
        while !FileManager.default.fileExists(atPath: folder.file("out")) {
            do {
                // The maps, and one measurement more.
                try await runUntil(2, try await job())
                break
            } catch let error as ModelError where error.code == .cancelled {
                stops += 1
                #expect(try lines().count == 1 + stops)
                kept = try lines().count - 1
            }
            try #require(stops < 60)
        }
        // 2 random orders, 5 methods, 2 lines of boxes, 10 noisy clips, the classes, 10 stages; the last one needs no stop.
        #expect(kept == 29 && stops == 29)
        for file in ["trust.json", "trust.html"] {
            #expect(try folder.bytes(of: "out/\(file)") == folder.bytes(of: "whole/\(file)"), "\(file)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.unfinished")))
    }

    @Test("A full measurement continues too")
    func full() async throws {
        _ = try await job("whole", isFull: true).run()
        for limit in [5, 15, 12, 9] {
            await #expect(throws: ModelError.self) { try await runUntil(limit, try await job(isFull: true)) }
        }
        _ = try await job(isFull: true).run()
        for file in ["trust.json", "trust.html"] {
            #expect(try folder.bytes(of: "out/\(file)") == folder.bytes(of: "whole/\(file)"), "\(file)")
        }
    }

    @Test("A line that a killed process left incomplete is measured again")
    func incompleteLine() async throws {
        await #expect(throws: ModelError.self) { try await runUntil(4, try await job()) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: journal))
        try bytes.dropLast(20).write(to: URL(fileURLWithPath: journal))
        let count = try lines().count
        await #expect(throws: ModelError.self) { try await runUntil(2, try await job()) }
        // The rest of the incomplete line is still there, and the measurement again after it.
        #expect(try lines().count == count + 1)
        _ = try await job("whole").run()
        _ = try await job().run()
        #expect(try folder.bytes(of: "out/trust.json") == folder.bytes(of: "whole/trust.json"))
    }

    @Test(
        "Measurements with other settings are refused, replaced if asked for, and not affected by the mask's tolerance")
    func otherSettings() async throws {
        await #expect(throws: ModelError.self) { try await runUntil(3, try await job()) }
        let before = try lines()
        let error = await #expect(throws: FileError.self) { try await job(seed: 2).run() }
        #expect(error?.code == .exists && error?.path == folder.file("out.unfinished"))
        #expect(error?.reason.contains("--force") == true)
        #expect(try lines() == before)
        await #expect(throws: ModelError.self) { try await runUntil(2, try await job(tolerance: 3)) }
        #expect(try lines().dropLast() == before[...])
        await #expect(throws: ModelError.self) { try await runUntil(2, try await job(seed: 2, isReplacing: true)) }
        let replaced = try lines()
        #expect(replaced.count == 2 && replaced[0] != before[0])
    }

    @Test("A file that is no journal is not overwritten")
    func foreignFile() async throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("out.unfinished"), withIntermediateDirectories: false)
        try Data("notes\n".utf8).write(to: URL(fileURLWithPath: journal))
        let error = await #expect(throws: FileError.self) { try await job().run() }
        #expect(error?.code == .exists)
        #expect(try lines() == ["notes"])
    }

    @Test("Nothing is left of a run that is stopped before it has measured anything")
    func nothingMeasured() async throws {
        await #expect(throws: ModelError.self) { try await runUntil(0, try await job()) }
        await #expect(throws: ModelError.self) { try await runUntil(1, try await job()) }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "clip.mp4", "tiny.safetensors",
            ])
    }

    /// The costs stated in docs/trust.md.
    @Test("The passes are as few as sharing allows, the fraction counts them, and never falls")
    func passes() async throws {
        let all = Mutex<[TrustProgress]>([])
        _ = try await job().run { progress in all.withLock { $0.append(progress) } }
        let progress = all.withLock(\.self)
        let last = try #require(progress.last)
        // 2 steps of 2 curves of 7 maps and their 3 ends; 30 boxes and the clip for each of 2 lines; 1 clip, 10 noisy ones,
        // the clip for other classes and 10 networks. The clip's pass is shared with nothing after it, because the clip has
        // been changed.
        #expect(last.passes.forward == 2 * 2 * 7 + 3 + 30 + 2 + 1 + 10 + 1 + 10)
        // Gradients by two rules for each clip, each of the 3 classes and each network; those of the endpoint are not shared.
        #expect(last.passes.backward == (2 + 2) * (1 + 10 + 3 + 10))
        #expect(last.fraction == 1 && last.remainingSeconds == 0)
        #expect(progress.map(\.fraction) == progress.map(\.fraction).sorted())
        #expect(progress.dropFirst(3).allSatisfy { $0.remainingSeconds ?? -1 >= 0 })
    }
}
