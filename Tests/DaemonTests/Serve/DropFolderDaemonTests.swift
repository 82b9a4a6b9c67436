import Encode
import Files
import Foundation
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// The drop folder from the user's point of view: input, output, and reports.
@Suite("Drop folder", .hangLimit)
struct DropFolderDaemonTests {
    @Test func droppedFilesAreAnnotated() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("before.mp4")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { _ in
            try await daemon.jobs(1, .done)
            try daemon.drop("during.mov", seed: 1)
            let jobs = try await daemon.jobs(2, .done)
            #expect(jobs.map(\.attempts) == [1, 1])
            #expect(jobs.map(\.progress) == [1, 1])
        }
        #expect(
            daemon.listing("out") == [
                "before.saliency.json", "before.saliency.mp4", "before.saliency.vtt", "during.saliency.json",
                "during.saliency.mp4", "during.saliency.vtt",
            ])
        #expect(daemon.listing("in") == ["before.mp4", "during.mov"])
        #expect(try MediaFactory.countedFrames(daemon.root.file("out/during.saliency.mp4")) == 12)
    }

    @Test("A name that is not UTF-8 is annotated and moved like any other")
    func latin1() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let dropped = daemon.root.file("in/caf\u{EFE9}.mp4")
        #expect(rename(daemon.root.file("in/a.mp4"), dropped.fileBytes) == 0)
        try await daemon.running(daemon.settings([daemon.dropFolder { $0.source = .move }])) { services in
            try await daemon.jobs(1, .done)
            try await waitUntil(services, daemon) {
                FileName.entries(of: daemon.root.file("done")) == ["caf\u{EFE9}.mp4"]
            }
        }
        let made = FileName.entries(of: daemon.root.file("out"))?.sorted()
        #expect(
            made == ["caf\u{EFE9}.saliency.json", "caf\u{EFE9}.saliency.mp4", "caf\u{EFE9}.saliency.vtt"])
        // Foundation would not remove them, nor their folder.
        for path in ["done/caf\u{EFE9}.mp4"] + (made ?? []).map({ "out/\($0)" }) {
            unlink(daemon.root.file(path).fileBytes)
        }
    }

    @Test func theSameContentIsAnnotatedOnceUnderAnyName() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let dropFolder = daemon.dropFolder { $0.source = .move }
        try await daemon.running(daemon.settings([dropFolder])) { services in
            try await daemon.jobs(1, .done)
            try await waitUntil(services, daemon) { daemon.listing("done") == ["a.mp4"] }
            try daemon.drop("again.mp4")
            try await waitUntil(services, daemon) { daemon.listing("done") == ["a.mp4", "again.mp4"] }
        }
        // Files dropped from now on become jobs with the other options.
        try await daemon.running(daemon.settings([daemon.dropFolder { $0.annotation.drawing.opacity = 0.25 }])) { _ in
            try daemon.drop("more.mp4")
            try await daemon.jobs(2, .done)
        }
        #expect(daemon.listing("out").filter { $0.hasSuffix(".mp4") } == ["a.saliency.mp4", "more.saliency.mp4"])
    }

    @Test func aRestartedDaemonRepeatsNothing() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let settings = daemon.settings([daemon.dropFolder()])
        try await daemon.running(settings) { _ in try await daemon.jobs(1, .done) }
        let written = try daemon.root.bytes(of: "out/a.saliency.mp4")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: daemon.root.file("out/a.saliency.mp4")
        )
        try await daemon.running(settings) { services in
            try daemon.drop("b.mp4", seed: 1)
            try await daemon.jobs(2, .done)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: daemon.root.file("out/a.saliency.mp4"))
        #expect(attributes[.modificationDate] as? Date == Date(timeIntervalSince1970: 1000))
        #expect(try daemon.root.bytes(of: "out/a.saliency.mp4") == written)
    }

    @Test func aMissingOutputIsMadeAgain() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let settings = daemon.settings([daemon.dropFolder()])
        try await daemon.running(settings) { _ in try await daemon.jobs(1, .done) }
        for name in daemon.listing("out") {
            try FileManager.default.removeItem(atPath: daemon.root.file("out/\(name)"))
        }
        try await daemon.running(settings) { services in
            try await waitUntil(services, daemon) {
                daemon.listing("out") == ["a.saliency.json", "a.saliency.mp4", "a.saliency.vtt"]
            }
        }
    }

    @Test(arguments: [DropFolderSettings.Disposition.keep, .move, .delete])
    func sourcesAreKeptMovedOrDeleted(_ disposition: DropFolderSettings.Disposition) async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let dropFolder = daemon.dropFolder { $0.source = disposition }
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            try await daemon.jobs(1, .done)
            // inotify events do not report files that leave a folder.
            let isSettled = await FolderWait.until(daemon.root.file("in")) {
                (daemon.listing("in") == ["a.mp4"]) == (disposition == .keep)
            }
            #expect(isSettled)
        }
        #expect(daemon.listing("done") == (disposition == .move ? ["a.mp4"] : []))
        #expect(daemon.listing("out").count == 3)
    }

    @Test func otherFilesAreSetAsideWithTheReason() async throws {
        let daemon = try await DaemonHarness()
        try daemon.root.write(Array("not a video".utf8), to: "in/junk.mp4")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { services in
            let jobs = try await daemon.jobs(1, .failed)
            #expect(jobs[0].failure?.code == "notMedia")
            #expect(jobs[0].attempts == 1)
            try await waitUntil(services, daemon) { daemon.listing("failed") == ["junk.mp4", "junk.mp4.error.json"] }
            // When the file is put back, it is tried again.
            try FileManager.default.moveItem(
                atPath: daemon.root.file("failed/junk.mp4"), toPath: daemon.root.file("in/junk.mp4"))
            try await waitUntil(services, daemon) { daemon.listing("failed") == ["junk.mp4", "junk.mp4.error.json"] }
        }
        let bytes = try daemon.root.bytes(of: "failed/junk.mp4.error.json")
        let record = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(record["code"] as? String == "notMedia")
        #expect((record["message"] as? String)?.contains("junk.mp4") == true)
        #expect(daemon.listing("in") == [])
        #expect(daemon.listing("out") == [])
    }

    /// Only the annotated file is moved or deleted, never one that has replaced it meanwhile.
    @Test(arguments: [DropFolderSettings.Disposition.move, .delete])
    func aChangedSourceIsNotTouched(_ disposition: DropFolderSettings.Disposition) async throws {
        let daemon = try await DaemonHarness()
        try daemon.root.write(Array("the first".utf8), to: "in/clip.mp4")
        let dropFolder = daemon.dropFolder { $0.source = disposition }
        let held = try #require(try HeldFolder(dropFolder.folder).file("clip.mp4"))
        try daemon.root.write(Array("another".utf8), to: "in/new")
        #expect(rename(daemon.root.file("in/new"), daemon.root.file("in/clip.mp4")) == 0)
        #expect(throws: FileError.self) { try SourceDisposal.settle(held, dropFolder: dropFolder) }
        #expect(try daemon.root.bytes(of: "in/clip.mp4") == Array("another".utf8))
        #expect(daemon.listing("done") == [])
    }

    @Test func parallelJobsAreLimited() async throws {
        let daemon = try await DaemonHarness()
        for number in 0..<5 { try daemon.drop("\(number).mp4", frames: 100, seed: number) }
        try await daemon.running(daemon.settings([daemon.dropFolder()], jobs: 2)) { _ in
            let most = Mutex(0)
            try await daemon.jobs { jobs in
                let running = jobs.count { $0.state == .running }
                most.withLock { $0 = max($0, running) }
                return jobs.count == 5 && jobs.allSatisfy { $0.state == .done }
            }
            #expect((1...2).contains(most.withLock { $0 }))
        }
    }

    /// A corrected file that is dropped under the same name while the damaged one is being examined is not lost.
    @Test func aCorrectedFileIsNotSetAsideInsteadOfTheDamagedOne() async throws {
        let daemon = try await DaemonHarness()
        try daemon.root.write(Array("not a video".utf8), to: "in/clip.mp4")
        let dropFolder = daemon.dropFolder()
        let job = try await daemon.admit("clip.mp4", of: dropFolder)
        try daemon.root.write(Array("a corrected one".utf8), to: "in/clip.mp4")
        let sources = JobSource(contents: ContentRegistry(), dropFolders: DropFolderRegistry([dropFolder]))
        #expect(throws: SourceError(.replaced, job.source)) { try sources.open(job) }
        let place = try SourceDisposal.setAside(
            job, nil, JobFailure(code: "notMedia", message: "why"), dropFolder: dropFolder, at: Date())
        #expect(place == job.source)
        #expect(daemon.listing("in") == ["clip.mp4"])
        #expect(daemon.listing("failed") == ["clip.mp4.error.json"])
    }

    @Test func ownOutputsAreNeverTaken() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let settings = daemon.settings([daemon.dropFolder()])
        try await daemon.running(settings) { _ in try await daemon.jobs(1, .done) }
        try FileManager.default.copyItem(
            atPath: daemon.root.file("out/a.saliency.mp4"), toPath: daemon.root.file("in/renamed.mp4"))
        try await daemon.running(settings) { _ in
            try daemon.drop("b.mp4", seed: 1)
            try await daemon.jobs(2, .done)
        }
        #expect(daemon.listing("out").filter { $0.hasSuffix(".mp4") } == ["a.saliency.mp4", "b.saliency.mp4"])
    }

    @Test func conflictingNamesAreNumbered() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("out")
        try daemon.root.write(Array("a person's".utf8), to: "out/a.saliency.mp4")
        try daemon.drop("a.mp4")
        try daemon.drop("a.mov", seed: 1)
        try await daemon.running(daemon.settings([daemon.dropFolder()], jobs: 2)) { _ in
            let jobs = try await daemon.jobs(2, .done)
            #expect(
                Set(jobs.map(\.output)) == [
                    daemon.root.file("out/a.saliency-2.mp4"), daemon.root.file("out/a.saliency-3.mp4"),
                ])
        }
        #expect(try daemon.root.bytes(of: "out/a.saliency.mp4") == Array("a person's".utf8))
        #expect(daemon.listing("out").count == 7)
    }

    @Test func aMissingFolderIsAwaited() async throws {
        let daemon = try await DaemonHarness()
        try FileManager.default.removeItem(atPath: daemon.root.file("in"))
        let dropFolder = daemon.dropFolder { $0.rescan = 1 }
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            try daemon.makeFolder("in")
            try daemon.drop("a.mp4")
            try await daemon.jobs(1, .done)
        }
    }

    /// The parent of the output folder is missing: every attempt fails until a person creates it.
    @Test func aMissingOutputFolderIsAwaited() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let dropFolder = daemon.dropFolder { $0.output = daemon.root.file("mount/out") }
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let waiting = try await daemon.jobs { $0.first?.retryAt != nil }
            #expect(waiting[0].state == .queued)
            #expect(waiting[0].waitsFor == .output && waiting[0].attempts == 0)
            #expect(waiting[0].failure?.message.contains("mount/out") == true)
            #expect(daemon.listing("in") == ["a.mp4"])
            try daemon.makeFolder("mount")
            _ = try await daemon.store { ledger throws(LedgerError) in try ledger.retry(waiting[0].id) }
            try await daemon.jobs(1, .done)
        }
    }

    @Test func aRunningJobIsCancelled() async throws {
        let daemon = try await DaemonHarness()
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { services in
            let engine = HeldEngine(services.runner.execution.scheduler)
            try await engine.hold()
            try daemon.drop("long.mp4")
            await engine.waitForJob()
            let job = try await daemon.jobs(1, .running)[0]
            _ = try await daemon.store { ledger throws(LedgerError) in try ledger.cancel(job.id) }
            #expect(services.running.stop(job.id, .cancelled))
            engine.letGo()
            try daemon.drop("short.mp4", seed: 1)
            let jobs = try await daemon.jobs { $0.count == 2 && $0[1].state == .done }
            #expect(jobs[0].state == .cancelled)
        }
        #expect(daemon.listing("out") == ["short.saliency.json", "short.saliency.mp4", "short.saliency.vtt"])
        #expect(daemon.listing("in").contains("long.mp4"))
    }

    @Test func aReloadRestartsOnlyWhatChanged() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("in2")
        let (first, second) = (
            daemon.dropFolder(), daemon.dropFolder { ($0.name, $0.folder) = ("in2", daemon.root.file("in2")) }
        )
        try await daemon.running(daemon.settings([first, second])) { services in
            try daemon.drop("a.mp4")
            try daemon.drop("b.mp4", seed: 1, into: "in2")
            try await daemon.jobs(2, .done)
            let before = services.supervisor.identities
            var changed = second
            changed.priority = 5
            services.supervisor.replace([first, changed])
            try daemon.drop("c.mp4", seed: 2, into: "in2")
            let jobs = try await daemon.jobs(3, .done)
            #expect(jobs[2].priority == 5)
            let after = services.supervisor.identities
            #expect(before["in"] == after["in"])
            #expect(before["in2"] != after["in2"])
            services.supervisor.replace([first])
            try daemon.drop("d.mp4", seed: 3)
            try await daemon.jobs(4, .done)
            #expect(services.supervisor.identities.keys.sorted() == ["in"])
        }
    }

    /// Files are moved shortly after the ledger's change, so the folder is polled.
    private func waitUntil(
        _ services: DaemonServices, _ daemon: DaemonHarness, _ isSo: @escaping @Sendable () -> Bool
    ) async throws {
        let (hints, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        continuation.yield()
        let folders = ["in", "out", "done", "failed"].compactMap { name -> FolderEvents? in
            try? FileManager.default.createDirectory(
                atPath: daemon.root.file(name), withIntermediateDirectories: true)
            return FolderEvents(folder: daemon.root.file(name)) { _ in continuation.yield() }
        }
        for await _ in hints where isSo() { break }
        withExtendedLifetime(folders) {}
    }
}
