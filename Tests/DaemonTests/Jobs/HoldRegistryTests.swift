import Foundation
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite(.hangLimit) struct HoldRegistryTests {
    /// The free space by folder.
    private final class Disks: Sendable {
        let free = Mutex<[String: Int64]>([:])

        func callAsFunction(_ folder: String) -> Int64? { free.withLock { $0[folder] } }
    }

    private static func date(_ text: String) throws -> Date { try Date.ISO8601FormatStyle().parse(text) }

    private static var gmt: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    @Test func quietHoursHoldAllOrOneDropFolder() async throws {
        let daemon = try await DaemonHarness()
        let time = Mutex(try Self.date("2026-11-30T12:00:00Z"))
        let other = daemon.dropFolder { $0.name = "other" }
        let dropFolder = daemon.dropFolder { $0.quietHours = QuietHours("08:00-18:00") }
        let registry = HoldRegistry(
            dropFolders: DropFolderRegistry([dropFolder, other]), limits: .init(quietHours: QuietHours("22:00-06:00")),
            stateFolder: "/",
            now: { time.withLock { $0 } }, calendar: { Self.gmt })
        #expect(registry.holds().ofAll.isEmpty && registry.holds().of("other").isEmpty)
        #expect(registry.holds().of("in").map(\.reason) == [.quietHours])
        time.withLock { $0 += 11 * 3600 }
        #expect(registry.holds().of("in") == registry.holds().ofAll && registry.holds().ofAll.count == 1)
        registry.replace(.init())
        #expect(registry.holds() == JobHolds())
    }

    @Test func aNearlyFullDiskHoldsItsJobs() async throws {
        let daemon = try await DaemonHarness()
        let (disks, floor) = (Disks(), Int64(5_000_000_000))
        let dropFolder = daemon.dropFolder()
        let registry = HoldRegistry(
            dropFolders: DropFolderRegistry([dropFolder]), limits: .init(freeSpace: floor), stateFolder: "/state",
            space: disks.callAsFunction, clock: HandClock())
        disks.free.withLock { $0 = [dropFolder.output: floor - 1, "/state": floor] }
        // Nothing has been measured yet.
        #expect(registry.holds() == JobHolds())
        await registry.measureFreeSpace()
        #expect(registry.holds().ofAll.isEmpty)
        #expect(
            registry.holds().of("in") == [
                JobHold(
                    reason: .freeSpace, message: "\(dropFolder.output) has 4.99 GB free, and free-space keeps 5 GB")
            ])
        disks.free.withLock { $0 = [dropFolder.output: floor, "/state": 0] }
        await registry.measureFreeSpace()
        #expect(registry.holds().ofAll.map(\.reason) == [.freeSpace] && registry.holds().othersOfDropFolders.isEmpty)
        // A disk without a known free space does not count as full; the job will find out.
        disks.free.withLock { $0 = [:] }
        await registry.measureFreeSpace()
        #expect(registry.holds() == JobHolds())
    }

    /// For example a disconnected file server.
    @Test func anUnresponsiveDiskHoldsNoJobs() async throws {
        let daemon = try await DaemonHarness()
        let (clock, answer) = (HandClock(), DispatchSemaphore(value: 0))
        let asked = Mutex(0)
        let registry = HoldRegistry(
            dropFolders: DropFolderRegistry([daemon.dropFolder()]), limits: .init(freeSpace: 10), stateFolder: "/state",
            space: { folder in
                guard folder == "/state" else { return 10 }
                asked.withLock { $0 += 1 }
                answer.wait()
                return 9
            }, clock: clock)
        async let first: Void = registry.measureFreeSpace()
        #expect(await clock.sleeper() == HoldRegistry.timeout)
        while asked.withLock({ $0 }) == 0 { await Task.yield() }
        clock.advance(by: HoldRegistry.timeout)
        await first
        // It is not measured again before it has responded.
        await registry.measureFreeSpace()
        #expect(asked.withLock { $0 } == 1 && registry.holds() == JobHolds())
        answer.signal()
        while registry.holds() == JobHolds() { await Task.yield() }
        #expect(registry.holds().ofAll.map(\.reason) == [.freeSpace])
    }

    @Test func freeSpaceIsThatOfTheNearestExistingFolder() throws {
        let folder = try TemporaryDirectory()
        let free = try #require(FreeSpace.bytes(at: folder.path))
        #expect(free > 0)
        #expect(FreeSpace.bytes(at: folder.file("none/yet")) != nil && FreeSpace.bytes(at: "/") != nil)
    }

    /// They do not fail, and start when there is space.
    @Test func jobsWaitForFreeSpace() async throws {
        let daemon = try await DaemonHarness()
        var settings = daemon.settings([daemon.dropFolder()])
        settings.holds.freeSpace = 1 << 61
        try daemon.drop("a.mp4")
        try await daemon.running(settings) { services in
            while services.holds.holds().of("in").isEmpty { await Task.yield() }
            // The first job had time to start while the second file was ingested.
            try daemon.drop("b.mp4", seed: 1)
            let waiting = try await daemon.jobs { $0.count == 2 }
            #expect(waiting.allSatisfy { $0.state == .queued && $0.attempts == 0 && $0.failure == nil })
            services.holds.replace(HoldLimits())
            let done = try await daemon.jobs(2, .done)
            #expect(done.allSatisfy { $0.attempts == 1 })
        }
    }
}
