import Foundation
import Jobs
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite(.hangLimit) struct LedgerKeeperTests {
    private let folder: TemporaryDirectory
    private let store: JobStore
    private let log = CollectedLog()

    init() async throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("in/sub"), withIntermediateDirectories: true)
        store = try await JobStore.open(state: folder.path)
    }

    private func keeper(_ settings: LedgerSettings, folders: String...) async throws -> LedgerKeeper {
        try folder.write(
            Array("folders: {a: {folder: \(folder.file("in"))}}\n".utf8), to: "config.yaml")
        var dropFolders = try await SettingsLoader(file: folder.file("config.yaml"), environment: [:]).load()
            .dropFolders
        for other in folders {
            dropFolders.append(dropFolders[0])
            dropFolders[dropFolders.count - 1].folder = other
        }
        return LedgerKeeper(
            store: store, running: RunningJobs(), dropFolders: DropFolderRegistry(dropFolders), settings: settings,
            log: log.logger,
            clock: HandClock(), now: { Date() })
    }

    /// A job that is done, of this many bytes.
    private func done(bytes: Int64) async throws {
        let request = JobRequest(
            key: JobKey(content: "\(bytes)", model: "m", options: "{}"), bytes: bytes, dropFolder: "a", source: "/x",
            output: "/y")
        try await store { ledger throws(LedgerError) in
            _ = try ledger.admit(request)
            guard let job = try ledger.claim() else { return }
            _ = try ledger.finish(job.id, warnings: [])
        }
    }

    private func left() async throws -> [Int64] {
        try await store { ledger throws(LedgerError) in try ledger.jobs().map(\.bytes).sorted() }
    }

    /// A present file, whatever its name, is not annotated again.
    @Test func jobsOfPresentFilesAreKept() async throws {
        for bytes in [1, 2, 3, 4, 5] as [Int64] { try await done(bytes: bytes) }
        try folder.write([1, 2], to: "in/renamed.mp4")
        try folder.write([1, 2, 3], to: "in/sub/clip.mp4")
        #expect(symlink("/proc/self/exe", folder.file("in/link")) == 0)
        let keeper = try await keeper(LedgerSettings(keepAge: 1, keepJobs: nil))
        await keeper.prune(byAge: true, at: Date() + 3600)
        #expect(try await left() == [1, 2, 3, 4, 5])
        await keeper.prune(byAge: false, at: Date() + 1e6)
        #expect(try await left() == [1, 2, 3, 4, 5])
        await keeper.prune(byAge: true, at: Date() + 1e6)
        #expect(try await left() == [2, 3, 5])
        #expect(log.entries.last?.line == "info: jobs forgotten" && log.entries.last?.metadata == ["jobs": "2"])
    }

    @Test func nothingIsRemovedWhileAFolderIsMissing() async throws {
        try await done(bytes: 1)
        let keeper = try await keeper(LedgerSettings(keepAge: 1, keepJobs: nil), folders: folder.file("none"))
        await keeper.prune(byAge: true, at: Date() + 1e6)
        #expect(try await left() == [1])
        #expect(log.lines.last?.contains("none: cannot be read") == true)
    }

    @Test(arguments: [
        (3600, 3600, true), (3600, 3650, true), (3600, 3661, false), (3600, -5, false), (3600, 4e7, false),
    ])
    func aJumpingClockIsNotTrusted(_ passed: Double, _ wall: Double, _ isSteady: Bool) {
        #expect(LedgerKeeper.isSteady(wall, .seconds(passed)) == isSteady)
    }
}
