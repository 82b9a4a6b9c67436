import Concurrency
import Files
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import Jobs

/// An output that cannot be written is not the job's fault: the job waits as long as necessary, and its source is not
/// moved.
@Suite("Outputs that cannot be written", .hangLimit)
struct BrokenOutputTests {
    enum Fault: String, CaseIterable {
        /// The parent of the output folder is missing, as after an unmount.
        case parentGone
        /// A file is in the place of the parent.
        case fileAbove
        /// A file is in the place of the folder itself.
        case fileInPlace

        func breakOutput(of daemon: DaemonHarness) throws {
            switch self {
            case .parentGone: break
            case .fileAbove: try daemon.root.write([1], to: "disk")
            case .fileInPlace:
                try daemon.makeFolder("disk")
                try daemon.root.write([1], to: "disk/out")
            }
        }

        func mend(_ daemon: DaemonHarness) throws {
            switch self {
            case .parentGone: try daemon.makeFolder("disk")
            case .fileAbove:
                try FileManager.default.removeItem(atPath: daemon.root.file("disk"))
                try daemon.makeFolder("disk")
            case .fileInPlace: try FileManager.default.removeItem(atPath: daemon.root.file("disk/out"))
            }
        }
    }

    /// The number of consecutive waits of a job.
    private func waits(_ daemon: DaemonHarness, _ id: Job.ID) async throws -> Int {
        try await daemon.store { ledger throws(LedgerError) in
            try ledger.connection.read { try $0.existing(id).waits }
        }
    }

    @Test(
        "After more attempts than a job may have, it still waits, its source is in place, and other jobs run",
        arguments: Fault.allCases)
    func waits(_ fault: Fault) async throws {
        let daemon = try await DaemonHarness()
        try fault.breakOutput(of: daemon)
        try daemon.makeFolder("in2")
        for number in 0..<3 { try daemon.drop("\(number).mp4", seed: number) }
        let broken = daemon.dropFolder {
            $0.output = daemon.root.file("disk/out")
            ($0.attempts, $0.backoff, $0.source) = (2, 0, .move)
        }
        let healthy = daemon.dropFolder { ($0.name, $0.folder) = ("in2", daemon.root.file("in2")) }
        try await daemon.running(daemon.settings([broken, healthy])) { _ in
            let held = try await daemon.jobs { jobs in
                jobs.count == 3 && jobs.allSatisfy { $0.state == .queued && $0.waitsFor == .output }
            }
            #expect(held.allSatisfy { $0.attempts == 0 && $0.failure?.code == "output" })
            #expect(held.allSatisfy { $0.failure?.message.contains("disk/out") == true })
            try daemon.drop("healthy.mp4", seed: 5, into: "in2")
            try await daemon.jobs { $0.contains { $0.dropFolder == "in2" && $0.state == .done } }
            // The first job is tried repeatedly, on behalf of all of them.
            var changes = daemon.store.changes().makeAsyncIterator()
            while try await waits(daemon, held[0].id) < broken.attempts + 2 { _ = await changes.next() }
            #expect(daemon.listing("in") == ["0.mp4", "1.mp4", "2.mp4"])
            #expect(daemon.listing("failed") == [])
            try fault.mend(daemon)
            let done = try await daemon.jobs(4, .done)
            #expect(done.allSatisfy { $0.attempts == 1 && $0.waitsFor == nil && $0.failure == nil })
        }
        #expect(daemon.listing("disk/out").count == 9)
    }

    @Test("A folder of mode 555 counts as not writable; the check leaves nothing in a writable one")
    func permission() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("out/a.mp4")
        try OutputFolder.check(for: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).isEmpty)
        chmod(folder.file("out"), 0o555)
        chmod(folder.path, 0o755)
        let error = try await DedicatedThread.run(name: "nobody", onCancel: {}) { () -> OutputFolderError? in
            // Root may write everywhere, so this thread becomes "nobody" for the file system.
            if geteuid() == 0 { Self.becomeNobody() }
            do throws(OutputFolderError) {
                try OutputFolder.check(for: path)
                return nil
            } catch {
                return error
            }
        }
        #expect(error?.systemError == EACCES)
        #expect(error?.description.contains("Permission denied") == true)
        chmod(folder.file("out"), 0o755)
    }

    /// Calls setfsuid(2) for this thread, which Swift's Glibc module lacks.
    private static func becomeNobody() {
        typealias SetFileUser = @convention(c) (uid_t) -> Int32
        guard let symbol = dlsym(nil, "setfsuid") else { return }
        // The type as declared in setfsuid(2).
        _ = unsafeBitCast(symbol, to: SetFileUser.self)(65_534)
    }

    /// The folder exists when the job begins, but not when the video is written, whatever FFmpeg's error message is.
    @Test("A job also waits for a folder that disappears while it runs")
    func vanishing() async throws {
        let daemon = try await DaemonHarness()
        try daemon.makeFolder("disk")
        let dropFolder = daemon.dropFolder {
            $0.output = daemon.root.file("disk/out")
            ($0.attempts, $0.backoff) = (1, 0)
        }
        try await daemon.running(daemon.settings([dropFolder])) { services in
            let engine = HeldEngine(services.runner.execution.scheduler)
            try await engine.hold()
            try daemon.drop("a.mp4")
            await engine.waitForJob()
            // The staged video exists: the job has begun to write.
            while daemon.listing("disk/out").isEmpty { await Task.yield() }
            try FileManager.default.moveItem(atPath: daemon.root.file("disk"), toPath: daemon.root.file("gone"))
            engine.letGo()
            let waiting = try await daemon.jobs { $0[0].state == .queued && $0[0].waitsFor == .output }
            #expect(waiting[0].attempts == 0)
            #expect(daemon.listing("failed") == [])
            try FileManager.default.removeItem(atPath: daemon.root.file("gone"))
            try daemon.makeFolder("disk")
            try await daemon.jobs(1, .done)
        }
        #expect(daemon.listing("disk/out").count == 3)
    }
}
