import Concurrency
import Encode
import Engine
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Complete connections of scripted streams and their outputs.
@Suite struct LiveConnectionTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// The events that a connection reported.
    private final class EventRecorder: Sendable {
        let windows = Mutex<[LiveWindow]>([])
        let breaks = Mutex<[StreamDiscontinuity]>([])
        let warnings = Mutex<[String]>([])
        let report = LiveReport()
        let scheduler = EngineScheduler()
        /// Increased with each window.
        let seen = DispatchSemaphore(value: 0)

        func outputs(segments: SegmentSettings? = nil, preview: LivePreview? = nil) -> LiveOutputs {
            LiveOutputs(
                segments: segments, preview: preview,
                onWindow: { window in
                    self.windows.withLock { $0.append(window) }
                    self.seen.signal()
                },
                onDiscontinuity: { interruption in self.breaks.withLock { $0.append(interruption) } },
                onWarning: { warning in self.warnings.withLock { $0.append(warning) } })
        }
    }

    private func clip(frames: Int, sound: Bool = false) throws -> String {
        let path = folder.file("clip-\(frames)-\(sound).mp4")
        let seconds = Double(frames) / 25
        let audio = sound ? ["-f", "lavfi", "-i", "sine=d=\(seconds)", "-c:a", "aac"] : []
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=\(seconds)"] + audio + [path])
        return path
    }

    private func connection(
        _ path: String, _ script: ScriptedStream.Script = .init(), request: LiveRequest = LiveRequest(bound: 3600),
        number: Int = 1, recorder: EventRecorder, outputs: LiveOutputs? = nil
    ) async throws -> LiveConnection {
        let engine = try LiveEngine(
            model: try await TinyModel.load(), saliency: request.saliency, threads: 1, scheduler: recorder.scheduler)
        let began = Mutex<ContinuousClock.Instant?>(nil)
        // The wall clock is at 2027-01-15T08:00:00Z when the stream begins.
        return LiveConnection(
            number: number, request: request, engine: engine, outputs: outputs ?? recorder.outputs(),
            report: recorder.report,
            open: { (cancellation) throws(MediaError) in
                let stream = try ScriptedStream(path, script, cancellation: cancellation)
                began.withLock { $0 = stream.began }
                return stream
            }, now: { 1_800_000_000 + (began.withLock { $0 }.map { (.now - $0) / .seconds(1) } ?? 0) })
    }

    private func segmentSettings() throws -> SegmentSettings {
        let path = folder.file("segments")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return SegmentSettings(folder: path, name: "gate")
    }

    private func segmentFiles(_ folder: String) throws -> [String] {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".mp4") }.sorted().map { "\(folder)/\($0)" }
    }

    @Test("Every frame is drawn, output and recorded", arguments: LiveRequest.Latency.allCases)
    func everyFrameComesOut(_ latency: LiveRequest.Latency) async throws {
        let recorder = EventRecorder()
        let segments = try segmentSettings()
        let path = try clip(frames: 60, sound: true)
        // The stream does not end before a window is explained.
        let script = ScriptedStream.Script(before: { index in if index == 59 { recorder.seen.wait() } })
        try await connection(
            path, script, request: LiveRequest(latency: latency, bound: 3600), recorder: recorder,
            outputs: recorder.outputs(segments: segments)
        ).run()

        let numbers = recorder.report.snapshot
        #expect(numbers.framesIn == 60)
        #expect(numbers.framesDrawn == 60)
        #expect(numbers.framesDropped == 0)
        #expect(numbers.windows >= 1)
        #expect(numbers.connection == 1)
        #expect(!numbers.isConnected)
        #expect(recorder.warnings.withLock { $0 } == [])
        let files = try segmentFiles(folder.file("segments"))
        let first = try #require(files.first)
        #expect(numbers.segments == files.count)
        #expect(try files.reduce(0) { $0 + (try MediaFactory.countedFrames($1) ?? 0) } == 60)
        #expect(
            try MediaFactory.probe(first, ["-show_entries", "stream=codec_type"]).contains { $0.contains("audio") })
        let breaks = recorder.breaks.withLock { $0 }
        #expect(breaks.map(\.kind) == [.began, .ended])
    }

    @Test func noWindowSpansAGap() async throws {
        let recorder = EventRecorder()
        let seen = DispatchSemaphore(value: 0)
        let windows = Mutex<[LiveWindow]>([])
        let outputs = LiveOutputs(
            onWindow: { window in
                windows.withLock { $0.append(window) }
                seen.signal()
            }, onDiscontinuity: { interruption in recorder.breaks.withLock { $0.append(interruption) } })
        // The gap comes once a window before it is explained, and the end once one after it is.
        let script = ScriptedStream.Script(
            gaps: [30: 5],
            before: { index in
                if index == 30 || index == 59 { seen.wait() }
            })
        try await connection(
            try clip(frames: 60), script, request: LiveRequest(sampling: .init(stride: 64), bound: 3600),
            recorder: recorder,
            outputs: outputs
        ).run()

        let edges = (before: 30 / 25.0, after: 30 / 25.0 + 5)
        let all = windows.withLock { $0 }
        #expect(all.contains { $0.sourceEnd <= edges.before + 0.05 })
        #expect(all.contains { $0.sourceStart >= edges.after - 0.05 })
        #expect(all.allSatisfy { $0.sourceEnd <= edges.before + 0.05 || $0.sourceStart >= edges.after - 0.05 })
        #expect(recorder.breaks.withLock { $0 }.map(\.kind) == [.began, .gap, .ended])
        #expect(recorder.report.snapshot.gaps == 1)
        #expect(recorder.report.snapshot.framesDrawn == 60)
    }

    @Test func segmentHasTheCaptureTimeOfItsFrames() async throws {
        let recorder = EventRecorder()
        // As after an opening that delays the first frame.
        try await connection(
            try clip(frames: 60), .init(delays: [0: 30]), recorder: recorder,
            outputs: recorder.outputs(segments: try segmentSettings())
        ).run()
        let first = try #require(try segmentFiles(folder.file("segments")).first)
        let tags = try MediaFactory.probe(first, ["-show_entries", "format_tags=date"])
        // The clock of these tests is at 08:00:00 when the stream begins.
        let date = try #require(tags.first { $0.contains("2027-01-15T") })
        #expect(date < "2027-01-15T08:00:15")
    }

    /// Camera clocks in 1970, two days ahead, and four seconds behind.
    @Test(arguments: [86_400.0, 1_800_172_800.0, 1_799_999_996.0])
    func cameraClockIsUsedOnlyIfNearTheLocalClock(start: Double) async throws {
        let recorder = EventRecorder()
        try await connection(
            try clip(frames: 30), .init(startOnWallClock: start), recorder: recorder,
            outputs: recorder.outputs(segments: try segmentSettings())
        ).run()
        let name = try #require(try segmentFiles(folder.file("segments")).first)
        let isNear = abs(start - 1_800_000_000) < 10
        // This machine's clock is read a moment after the arrival to which it is compared.
        let expected = isNear ? ["20270115T075956"] : ["20270115T0759", "20270115T0800"]
        #expect(expected.contains { name.contains($0) }, "\(name)")
        let warnings = recorder.warnings.withLock { $0 }
        #expect(isNear ? warnings.isEmpty : warnings.count == 1 && warnings[0].contains("the camera's clock says"))
    }

    /// No frame is drawn, but all are counted.
    @Test func framesThatAreAllLateAreCountedAsTheyArrive() async throws {
        let recorder = EventRecorder()
        let deadline = ContinuousClock.now + .seconds(HangLimit.wait)
        let script = ScriptedStream.Script(
            age: 3600,
            before: { index in
                // Never so far ahead of the thread that drops frames that the queue is full.
                while Int(recorder.report.snapshot.framesDropped) < index - 19, ContinuousClock.now < deadline {
                    sched_yield()
                }
            })
        try await connection(
            try clip(frames: 60), script, request: LiveRequest(latency: .low, bound: 1), recorder: recorder
        ).run()
        let numbers = recorder.report.snapshot
        #expect(numbers.framesDropped >= 40 && numbers.framesCrowded == 0)
        #expect(numbers.framesDropped + numbers.framesDrawn == 60)
    }

    @Test func removalsAreReportedAndUseTheCertainClock() async throws {
        let recorder = EventRecorder()
        var segments = try segmentSettings()
        segments.maximumAge = 86_400
        let old = "\(segments.folder)/2027-01-01/gate-20270101T000000Z.mp4"
        let removed = Mutex<[String]>([])
        let jumps = Mutex<[Double]>([0, 40 * 86_400])
        let clock = RemovalClock {
            // The time is certain at the first check, two days before the file is too old; then the wall clock jumps.
            let jump = jumps.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return .init(wall: 1_798_761_600 + 3600 + jump, monotonic: 0, isSynchronised: jump == 0)
        }
        for time in [0, 1_798_761_600] as [Double] {
            try FileManager.default.createDirectory(
                atPath: (old as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data([1]).write(to: URL(fileURLWithPath: old))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: old)
            var outputs = recorder.outputs(segments: segments)
            outputs.removalClock = clock
            outputs.onRemoval = { removal in removed.withLock { $0 += removal.paths } }
            try await connection(try clip(frames: 30), recorder: recorder, outputs: outputs).run()
            #expect(FileManager.default.fileExists(atPath: old))
        }
        #expect(removed.withLock { $0 } == [])
        #expect(recorder.warnings.withLock { $0 }.contains { $0.contains("clock has jumped by 3456000 s") })
        var outputs = recorder.outputs(segments: segments)
        outputs.removalClock = RemovalClock { .init(wall: 1_800_000_000, monotonic: 0, isSynchronised: true) }
        outputs.onRemoval = { removal in removed.withLock { $0 += removal.paths } }
        try await connection(try clip(frames: 30), recorder: recorder, outputs: outputs).run()
        #expect(removed.withLock { $0 } == [old])
    }

    @Test func failureIsReportedAfterReceivedFramesAreFinished() async throws {
        let recorder = EventRecorder()
        let segments = try segmentSettings()
        let failure = MediaError(.stalled, "nothing came for 5 s", file: "rtsp://camera")
        let connection = try await connection(
            try clip(frames: 30), .init(failure: failure), recorder: recorder,
            outputs: recorder.outputs(segments: segments))
        await #expect(throws: failure) { try await connection.run() }
        #expect(recorder.report.snapshot.framesDrawn == 30)
        #expect(recorder.report.snapshot.segments >= 1)
        let breaks = recorder.breaks.withLock { $0 }
        #expect(breaks.last?.reason?.contains("nothing came for 5 s") == true)
    }

    @Test func busyEngineDoesNotDelayFrames() async throws {
        let recorder = EventRecorder()
        let frames = 60
        let connection = try await connection(
            try clip(frames: frames), request: LiveRequest(bound: 0.2), recorder: recorder)
        let release = DispatchSemaphore(value: 0)
        let isHeld = DispatchSemaphore(value: 0)
        Thread {
            try? recorder.scheduler.turn(.job, cancellation: Cancellation()) {
                isHeld.signal()
                release.wait()
            }
        }.start()
        await blocking { isHeld.wait() }
        async let ended: Void = connection.run()
        // No window is explained, but the frames are output.
        while recorder.report.snapshot.framesDrawn + recorder.report.snapshot.framesDropped < frames / 2 {
            await Task.yield()
        }
        let held = recorder.report.snapshot
        #expect(held.windows == 0)
        #expect(held.framesUnexplained == held.framesDrawn)
        release.signal()
        try await ended
        let numbers = recorder.report.snapshot
        #expect(numbers.framesDrawn + numbers.framesDropped == frames)
    }

    @Test func stoppingEndsItAndFinishesItsFiles() async throws {
        let recorder = EventRecorder()
        let segments = try segmentSettings()
        let stop = StopRequest()
        let script = ScriptedStream.Script(before: { index in if index == 20 { stop.finishSoon() } })
        try await connection(
            try clip(frames: 60), script, recorder: recorder, outputs: recorder.outputs(segments: segments)
        ).run(stop: stop)
        #expect(recorder.report.snapshot.framesDrawn == 21)
        let files = try segmentFiles(folder.file("segments"))
        #expect(try files.reduce(0) { $0 + (try MediaFactory.countedFrames($1) ?? 0) } == 21)
    }

    @Test func abortingEndsItAtOnceAndFinishesItsFilesToo() async throws {
        let recorder = EventRecorder()
        let segments = try segmentSettings()
        let stop = StopRequest()
        let script = ScriptedStream.Script(before: { index in if index == 20 { stop.abort.cancel() } })
        try await connection(
            try clip(frames: 60), script, recorder: recorder, outputs: recorder.outputs(segments: segments)
        ).run(stop: stop)
        #expect(recorder.report.snapshot.framesDrawn == 20)
        #expect(recorder.report.snapshot.segments >= 1)
        #expect(try segmentFiles(folder.file("segments")).count == Int(recorder.report.snapshot.segments))
    }

    @Test func missingFolderLosesSegmentsButNoFrames() async throws {
        let recorder = EventRecorder()
        let file = folder.file("in-the-way")
        try Data().write(to: URL(fileURLWithPath: file))
        let segments = SegmentSettings(folder: file, name: "gate")
        try await connection(try clip(frames: 30), recorder: recorder, outputs: recorder.outputs(segments: segments))
            .run()
        #expect(recorder.report.snapshot.framesDrawn == 30)
        #expect(recorder.report.snapshot.segments == 0)
        #expect(recorder.report.snapshot.segmentsLost >= 1)
        #expect(recorder.warnings.withLock { $0 }.allSatisfy { $0.contains(file) })
        #expect(!recorder.warnings.withLock { $0 }.isEmpty)
    }

    @Test func framesForViewersAreEncodedOnceAndOnlyForThem() async throws {
        let recorder = EventRecorder()
        let preview = LivePreview(rate: 1000)
        let path = try clip(frames: 40)
        try await connection(path, recorder: recorder, outputs: recorder.outputs(preview: preview)).run()
        let viewers = (0..<3).map { _ in preview.images() }
        try await connection(path, number: 2, recorder: recorder, outputs: recorder.outputs(preview: preview)).run()
        preview.finish()
        for viewer in viewers {
            var last: PreviewImage?
            for await frame in viewer { last = frame }
            let jpeg = try #require(last?.jpeg)
            #expect(jpeg.starts(with: [0xFF, 0xD8, 0xFF]))
            #expect(jpeg.suffix(2) == [0xFF, 0xD9])
        }
        #expect(recorder.report.snapshot.connection == 2)
    }

    @Test func damageIsCountedOverAllConnections() async throws {
        let recorder = EventRecorder()
        let path = try clip(frames: 10)
        try await connection(path, .init(damaged: 4), recorder: recorder).run()
        try await connection(path, .init(damaged: 3), number: 2, recorder: recorder).run()
        #expect(recorder.report.snapshot.framesDamaged == 7)
    }

    @Test func openingFailureHasACause() async throws {
        let recorder = EventRecorder()
        let connection = try await connection(folder.file("nowhere.mp4"), recorder: recorder)
        await #expect(throws: MediaError.self) { try await connection.run() }
        #expect(recorder.breaks.withLock { $0 } == [])
        #expect(recorder.report.snapshot.connection == 1)
        #expect(!recorder.report.snapshot.isConnected)
    }
}

/// Waits on a separate thread.
private func blocking(_ body: @escaping @Sendable () -> Void) async {
    try? await DedicatedThread.run(name: "test", onCancel: {}) { body() }
}
