import Files
import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Subfolders of the drop folder.
@Suite("Subfolders", .hangLimit)
struct SubfolderDaemonTests {
    @Test func outputsAndSourcesKeepTheirFolders() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("in/day")
        try daemon.drop("a.mp4", into: "in/day")
        let dropFolder = daemon.dropFolder { ($0.hasSubfolders, $0.source) = (true, .move) }
        try await daemon.running(daemon.settings([dropFolder])) { services in
            try await daemon.jobs(1, .done)
            // A folder that is created later is watched too, and so are its subfolders.
            try daemon.makeFolder("in/night")
            try daemon.makeFolder("in/night/late")
            try daemon.drop("b.mp4", seed: 1, into: "in/night/late")
            let jobs = try await daemon.jobs(2, .done)
            #expect(jobs[1].output == daemon.root.file("out/night/late/b.saliency.mp4"))
            try daemon.root.write(Array("not a video".utf8), to: "in/day/junk.mp4")
            try await daemon.jobs { $0.count == 3 && $0[2].state == .failed }
            #expect(
                await FolderWait.until(daemon.root.file("in/day")) { daemon.listing("in/day") == [] })
            let isMoved = await FolderWait.until(daemon.root.file("in/night/late")) {
                daemon.listing("in/night/late") == []
            }
            #expect(isMoved)
            let report = try #require(try services.supervisor.report("in", file: "night/late/b.mp4"))
            #expect(report.isEmpty)
        }
        #expect(daemon.listing("out/day") == ["a.saliency.json", "a.saliency.mp4", "a.saliency.vtt"])
        #expect(daemon.listing("done/day") == ["a.mp4"])
        #expect(daemon.listing("done/night/late") == ["b.mp4"])
        #expect(daemon.listing("failed/day").contains("junk.mp4"))
    }

    /// A folder that is replaced by a link while its file is queued is not followed.
    @Test func aFolderReplacedByALinkIsNotFollowed() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("in/day")
        try daemon.drop("a.mp4", into: "in/day")
        let dropFolder = daemon.dropFolder { ($0.hasSubfolders, $0.source, $0.attempts) = (true, .delete, 1) }
        try await daemon.admit("day/a.mp4", of: dropFolder)
        #expect(rename(daemon.root.file("in/day"), daemon.root.file("private")) == 0)
        #expect(symlink(daemon.root.file("private"), daemon.root.file("in/day")) == 0)
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            let jobs = try await daemon.jobs(1, .failed)
            #expect(jobs[0].failure?.code == "sourceGone")
        }
        #expect(daemon.listing("private") == ["a.mp4"])
    }

    /// Nothing is written through a link in the output folder.
    @Test func aLinkInTheOutputPathIsRejected() throws {
        let folder = try TemporaryDirectory()
        #expect(mkdir(folder.file("elsewhere"), 0o777) == 0 && mkdir(folder.file("out"), 0o777) == 0)
        #expect(symlink(folder.file("elsewhere"), folder.file("out/day")) == 0)
        #expect(throws: (any Error).self) {
            try OutputFolders.create(folder.file("out/day/x"), below: folder.file("out"))
        }
        try OutputFolders.create(folder.file("out/night/late"), below: folder.file("out"))
        #expect(try folder.listing() == ["elsewhere", "out"])
        #expect(FileManager.default.fileExists(atPath: folder.file("out/night/late")))
        #expect(!FileManager.default.fileExists(atPath: folder.file("elsewhere/x")))
    }
}
