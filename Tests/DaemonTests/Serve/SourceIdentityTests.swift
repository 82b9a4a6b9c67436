import Files
import Foundation
import Glibc
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Exactly the ingested file is annotated, moved and deleted: not another one with its name, and wherever it was moved.
@Suite("Identity of sources", .hangLimit)
struct SourceIdentityTests {
    private func rename(_ daemon: DaemonHarness, _ from: String, _ to: String) {
        #expect(Glibc.rename(daemon.root.file(from), daemon.root.file(to)) == 0)
    }

    @Test func aReplacedSourceDoesNotChangeTheJobsContent() async throws {
        let daemon = try await DaemonHarness()
        let dropFolder = daemon.dropFolder { ($0.source, $0.attempts) = (.delete, 1) }
        try daemon.drop("clip.mp4", frames: 12)
        let first = try await daemon.admit("clip.mp4", of: dropFolder)
        try FileManager.default.copyItem(
            atPath: daemon.root.file("in/clip.mp4"), toPath: daemon.root.file("first.mp4"))
        try daemon.drop("new.mp4", frames: 20, seed: 1)
        rename(daemon, "in/new.mp4", "in/clip.mp4")
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let jobs = try await daemon.jobs { $0.map(\.state) == [.failed, .done] }
            #expect(jobs[0].failure?.code == "sourceReplaced")
            #expect(jobs[0].id == first.id && jobs[1].key.content != first.key.content)
            #expect(try MediaFactory.countedFrames(jobs[1].output) == 20)
            // When it is dropped again, the first file does not count as done.
            rename(daemon, "first.mp4", "in/first.mp4")
            let done = try await daemon.jobs(2, .done)
            #expect(try MediaFactory.countedFrames(done[0].output) == 12)
            #expect(await FolderWait.until(daemon.root.file("in")) { daemon.listing("in") == [] })
        }
    }

    @Test(arguments: [DropFolderSettings.Disposition.keep, .move, .delete])
    func aSourceReplacedByALinkIsNotFollowed(_ disposition: DropFolderSettings.Disposition) async throws {
        let daemon = try await DaemonHarness()
        let dropFolder = daemon.dropFolder { ($0.source, $0.attempts) = (disposition, 1) }
        try daemon.drop("clip.mp4")
        try await daemon.admit("clip.mp4", of: dropFolder)
        // The same content elsewhere, so that only the link is wrong.
        try daemon.makeFolder("private")
        rename(daemon, "in/clip.mp4", "private/clip.mp4")
        #expect(symlink(daemon.root.file("private/clip.mp4"), daemon.root.file("in/clip.mp4")) == 0)
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let jobs = try await daemon.jobs(1, .failed)
            #expect(jobs[0].failure?.code == "sourceGone")
        }
        #expect(daemon.listing("private") == ["clip.mp4"])
        #expect(daemon.listing("in") == ["clip.mp4"])
        #expect(daemon.listing("out") == [])
        #expect(daemon.listing("done") == [])
    }

    @Test func aFileRenamedWhileQueuedIsAnnotatedUnderItsNewName() async throws {
        let daemon = try await DaemonHarness()
        let dropFolder = daemon.dropFolder { $0.source = .move }
        try daemon.drop("a.mp4")
        let job = try await daemon.admit("a.mp4", of: dropFolder)
        rename(daemon, "in/a.mp4", "in/b.mp4")
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let jobs = try await daemon.jobs(1, .done)
            #expect(jobs[0].id == job.id && jobs[0].output == daemon.root.file("out/b.saliency.mp4"))
            #expect(await FolderWait.until(daemon.root.file("in")) { daemon.listing("in") == [] })
        }
        #expect(daemon.listing("done") == ["b.mp4"])
        #expect(daemon.listing("failed") == [])
    }

    @Test func aFileMovedToAnotherDropFolderIsAnnotatedThere() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("in2")
        let first = daemon.dropFolder()
        let second = daemon.dropFolder {
            ($0.name, $0.folder, $0.output) = ("in2", daemon.root.file("in2"), daemon.root.file("out2"))
        }
        try daemon.drop("a.mp4")
        try await daemon.admit("a.mp4", of: first)
        rename(daemon, "in/a.mp4", "in2/a.mp4")
        try await daemon.running(daemon.settings([first, second])) { _ in
            let jobs = try await daemon.jobs(1, .done)
            #expect(jobs[0].dropFolder == "in2" && jobs[0].source == daemon.root.file("in2/a.mp4"))
        }
        #expect(daemon.listing("out2").contains("a.saliency.mp4"))
        #expect(daemon.listing("out") == [])
    }

    /// A file that is renamed, not found in any of the attempts, and then found by a restarted daemon.
    @Test func aMissingFileIsAnnotatedWhenFoundAgain() async throws {
        let daemon = try await DaemonHarness()
        let dropFolder = daemon.dropFolder()
        try daemon.drop("a.mp4")
        let job = try await daemon.admit("a.mp4", of: dropFolder)
        rename(daemon, "in/a.mp4", "in/b.mp4")
        try await daemon.store { ledger throws(LedgerError) in
            _ = try ledger.claim()
            _ = try ledger.fail(job.id, JobFailure(code: "sourceGone", message: "gone"), retryAt: nil)
        }
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let jobs = try await daemon.jobs(1, .done)
            #expect(jobs[0].source == daemon.root.file("in/b.mp4"))
        }
    }

    /// A job that waits for its next attempt continues as soon as its file is back.
    @Test func aFilePutBackIsAnnotatedImmediately() async throws {
        let daemon = try await DaemonHarness()
        let dropFolder = daemon.dropFolder()
        try daemon.drop("a.mp4")
        try await daemon.admit("a.mp4", of: dropFolder)
        rename(daemon, "in/a.mp4", "a.mp4")
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let waiting = try await daemon.jobs { $0.first?.retryAt != nil }
            #expect(waiting[0].failure?.code == "sourceGone")
            rename(daemon, "a.mp4", "in/a.mp4")
            try await daemon.jobs(1, .done)
        }
    }

    @Test func aFileRenamedDuringItsJobIsMovedFromItsNewName() async throws {
        let daemon = try await DaemonHarness()
        let dropFolder = daemon.dropFolder { $0.source = .move }
        try await daemon.running(daemon.settings([dropFolder])) { services in
            let engine = HeldEngine(services.runner.execution.scheduler)
            try await engine.hold()
            try daemon.drop("a.mp4")
            // The file is open now.
            await engine.waitForJob()
            rename(daemon, "in/a.mp4", "in/b.mp4")
            engine.letGo()
            try await daemon.jobs(1, .done)
            #expect(await FolderWait.until(daemon.root.file("in")) { daemon.listing("in") == [] })
        }
        #expect(daemon.listing("done") == ["b.mp4"])
        #expect(daemon.listing("out").contains("a.saliency.mp4"))
    }

    @Test func aFileThatAKilledDaemonWasDeletingIsFoundAgain() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        rename(daemon, "in/a.mp4", "in/.a.mp4.1f\(HeldFile.removedSuffix)")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { _ in
            let jobs = try await daemon.jobs(1, .done)
            #expect(jobs[0].source == daemon.root.file("in/a.mp4"))
        }
    }

    /// The name of a link in the output folder is not free, even if the link is broken.
    @Test func aLinkInTheOutputFolderIsNotAFreeName() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("out")
        #expect(symlink("/nowhere/at/all", daemon.root.file("out/a.saliency.mp4")) == 0)
        try daemon.drop("a.mp4")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { _ in
            let jobs = try await daemon.jobs(1, .done)
            #expect(jobs[0].output == daemon.root.file("out/a.saliency-2.mp4"))
        }
    }
}
