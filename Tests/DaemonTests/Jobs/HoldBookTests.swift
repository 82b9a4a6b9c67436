import Foundation
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite(.timeLimit(.minutes(5))) struct HoldBookTests {
    /// What is free, by folder.
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

    @Test func quietHoursHoldUpAllOrOneWatch() async throws {
        let daemon = try await DaemonHarness()
        let time = Mutex(try Self.date("2026-11-30T12:00:00Z"))
        let other = daemon.watch { $0.name = "other" }
        let watch = daemon.watch { $0.quietHours = QuietHours("08:00-18:00") }
        let book = HoldBook(
            watches: DropFolderRegistry([watch, other]), limits: .init(quietHours: QuietHours("22:00-06:00")),
            stateFolder: "/",
            now: { time.withLock { $0 } }, calendar: { Self.gmt })
        #expect(book.holds().ofAll.isEmpty && book.holds().of("other").isEmpty)
        #expect(book.holds().of("in").map(\.reason) == [.quietHours])
        time.withLock { $0 += 11 * 3600 }
        #expect(book.holds().of("in") == book.holds().ofAll && book.holds().ofAll.count == 1)
        book.replace(.init())
        #expect(book.holds() == JobHolds())
    }

    @Test func aDiskThatIsNearlyFullHoldsUpWhatItIsFor() async throws {
        let daemon = try await DaemonHarness()
        let (disks, floor) = (Disks(), Int64(5_000_000_000))
        let watch = daemon.watch()
        let book = HoldBook(
            watches: DropFolderRegistry([watch]), limits: .init(freeSpace: floor), stateFolder: "/state",
            space: disks.callAsFunction)
        disks.free.withLock { $0 = [watch.output: floor - 1, "/state": floor] }
        // Nobody has looked yet.
        #expect(book.holds() == JobHolds())
        await book.look()
        #expect(book.holds().ofAll.isEmpty)
        #expect(
            book.holds().of("in") == [
                JobHold(
                    reason: .freeSpace, message: "\(watch.output) has 4.99 GB free, and free-space keeps 5 GB")
            ])
        disks.free.withLock { $0 = [watch.output: floor, "/state": 0] }
        await book.look()
        #expect(book.holds().ofAll.map(\.reason) == [.freeSpace] && book.holds().othersOfWatches.isEmpty)
        // A disk of which nothing is known is not taken for full: the job finds out.
        disks.free.withLock { $0 = [:] }
        await book.look()
        #expect(book.holds() == JobHolds())
    }

    /// A file server that is away, say.
    @Test func aDiskThatDoesNotAnswerHoldsNobodyUp() async throws {
        let daemon = try await DaemonHarness()
        let (clock, answer) = (HandClock(), DispatchSemaphore(value: 0))
        let asked = Mutex(0)
        let book = HoldBook(
            watches: DropFolderRegistry([daemon.watch()]), limits: .init(freeSpace: 10), stateFolder: "/state",
            space: { folder in
                guard folder == "/state" else { return 10 }
                asked.withLock { $0 += 1 }
                answer.wait()
                return 9
            }, clock: clock)
        async let first: Void = book.look()
        #expect(await clock.sleeper() == HoldBook.patience)
        while asked.withLock({ $0 }) == 0 { await Task.yield() }
        clock.advance(by: HoldBook.patience)
        await first
        // Nor is it asked again before it has answered.
        await book.look()
        #expect(asked.withLock { $0 } == 1 && book.holds() == JobHolds())
        answer.signal()
        while book.holds() == JobHolds() { await Task.yield() }
        #expect(book.holds().ofAll.map(\.reason) == [.freeSpace])
    }

    @Test func freeSpaceIsThatOfTheNearestFolderThereIs() throws {
        let folder = try TemporaryDirectory()
        let free = try #require(FreeSpace.bytes(at: folder.path))
        #expect(free > 0)
        #expect(FreeSpace.bytes(at: folder.file("none/yet")) != nil && FreeSpace.bytes(at: "/") != nil)
    }

    /// They do not fail, and begin when there is room.
    @Test func jobsWaitForRoom() async throws {
        let daemon = try await DaemonHarness()
        var settings = daemon.settings([daemon.watch()])
        settings.holds.freeSpace = 1 << 61
        try daemon.drop("a.mp4")
        try await daemon.running(settings) { services in
            let waiting = try await daemon.jobs(1, .queued)
            while services.holds.holds().of("in").isEmpty { await Task.yield() }
            #expect(waiting[0].attempts == 0 && waiting[0].failure == nil)
            services.holds.replace(HoldLimits())
            let done = try await daemon.jobs(1, .done)
            #expect(done[0].attempts == 1)
        }
    }
}
