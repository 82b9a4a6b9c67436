import Files
import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Changed options apply to new files, and to others only on request.
@Suite("Changed options", .hangLimit)
struct OptionChangeTests {
    private func changed(_ daemon: DaemonHarness, _ change: (inout DropFolderSettings) -> Void = { _ in })
        -> DropFolderSettings
    {
        daemon.dropFolder {
            $0.annotation.drawing.opacity = 0.25
            change(&$0)
        }
    }

    @Test func presentFilesAreNotAnnotatedAgain() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { services in
            let first = try await daemon.jobs(1, .done)[0]
            let before = services.supervisor.identities
            services.supervisor.replace([changed(daemon)])
            try daemon.drop("b.mp4", seed: 1)
            let jobs = try await daemon.jobs(2, .done)
            #expect(services.supervisor.identities != before)
            #expect(jobs[0] == first)
        }
        // Nor by a restarted daemon.
        try await daemon.running(daemon.settings([changed(daemon)])) { _ in
            try daemon.drop("c.mp4", seed: 2)
            let jobs = try await daemon.jobs(3, .done)
            #expect(jobs[2].key.options.contains("0.25"))
        }
        #expect(daemon.listing("out").count { $0.hasSuffix(".mp4") } == 3)
    }

    @Test func presentFilesAreAnnotatedAgainOnRequest() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        try await daemon.running(daemon.settings([daemon.dropFolder()])) { services in
            try await daemon.jobs(1, .done)
            services.supervisor.replace([changed(daemon) { $0.reannotates = true }])
            let jobs = try await daemon.jobs(2, .done)
            #expect(jobs[1].source == jobs[0].source && jobs[1].key.options.contains("0.25"))
        }
    }

    /// A file that is touched, renamed or dropped again counts as new.
    @Test func aTouchedFileIsNew() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let job = try await daemon.admit("a.mp4", of: daemon.dropFolder())
        guard case .admitted(.known(job)) = try await daemon.ingest("a.mp4", of: changed(daemon)) else {
            Issue.record("taken again as it lies there")
            return
        }
        // Time stamps of file systems have a granularity, within which the change would not be visible.
        let folder = try HeldFolder(daemon.root.file("in"))
        let last = (job.createdAt.timeIntervalSince1970 + 0.002) * 1e9
        var touched = 0.0
        while touched < last {
            #expect(chmod(daemon.root.file("in/a.mp4"), 0o640) == 0)
            touched = Double(try #require(try folder.file("a.mp4")).stamp.changedNanoseconds)
        }
        try await daemon.admit("a.mp4", of: changed(daemon))
    }

    @Test func anotherDropFolderHasItsOwnOptions() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        try await daemon.admit("a.mp4", of: daemon.dropFolder())
        try await daemon.admit("a.mp4", of: changed(daemon) { $0.name = "other" })
    }

    /// A queued job keeps its options, also if its file was renamed meanwhile.
    @Test func aQueuedJobFollowsItsFileWithItsOwnOptions() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a.mp4")
        let job = try await daemon.admit("a.mp4", of: daemon.dropFolder())
        #expect(rename(daemon.root.file("in/a.mp4"), daemon.root.file("in/b.mp4")) == 0)
        let dropFolder = changed(daemon) { $0.annotation.container = .mkv }
        guard case .admitted(.known(let found)) = try await daemon.ingest("b.mp4", of: dropFolder) else {
            Issue.record("another job")
            return
        }
        #expect(found.id == job.id && found.source == daemon.root.file("in/b.mp4"))
        #expect(found.output == daemon.root.file("out/b.saliency.mp4"))
    }
}
